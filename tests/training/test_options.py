"""Settings that no recipe changes do what docs/recipes.md says."""

import dataclasses

import keras
import numpy as np
import pytest

from tests.tiny import tiny
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.losses import OBJECTIVES
from tf_portrait.models import NETWORKS
from tf_portrait.training.loop import build_networks, compile_trainer, epoch_dataset
from tf_portrait.training.recipe import Recipe

RECIPE = Recipe(network="tiny", size=32, objective=OBJECTIVES["full"], batch=4, steps=2, learning_rate=1e-2)


@pytest.fixture(autouse=True)
def tiny_network(monkeypatch):
    monkeypatch.setitem(NETWORKS, "tiny", tiny)


def _trained(recipe):
    network, _ = build_networks(recipe)
    before = [np.array(weight) for weight in network.get_weights()]
    batches = Batches(SyntheticPortraits(8, 48), recipe)
    trainer = compile_trainer(network, recipe, 0, batches.steps)
    trainer.fit(epoch_dataset(batches, 0), steps_per_epoch=2, verbose=0)
    return network, before, trainer


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_computes_in_halves_and_keeps_whole_weights(precision):
    network, before, trainer = _trained(dataclasses.replace(RECIPE, mixed_precision=precision))
    half = precision.removeprefix("mixed_")
    assert {layer.compute_dtype for layer in network.layers if layer.weights} == {half}
    assert {weight.dtype for weight in network.weights} == {"float32"}
    scaled = isinstance(trainer.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (precision == "mixed_float16")
    moved = [np.abs(a - b).max() for a, b in zip(before, network.get_weights(), strict=True)]
    assert max(moved) > 1e-3 and np.isfinite(moved).all()


def test_the_precision_of_a_training_is_not_that_of_the_next_model():
    with pytest.raises(Exception, match="no option"):
        build_networks(dataclasses.replace(RECIPE, mixed_precision="mixed_bfloat16", options={"depth": 3}))
    assert keras.config.dtype_policy().name == "float32"
