"""Every network trains by its own recipe, and a second stage starts where the first ended."""

import dataclasses

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.models.archive import BEST, load_model
from tf_portrait.models.start import start_weights
from tf_portrait.training.loop import fit
from tf_portrait.training.pictures import validation_sheet
from tf_portrait.training.recipes import RECIPES, get_recipe
from tf_portrait.training.run import HISTORY, open_run
from tf_portrait.training.validation import Validation

SOURCE = SyntheticPortraits(4, 64)


def train(name, folder, **changes):
    recipe = dataclasses.replace(get_recipe(name), size=64, batch=2, epochs=1, steps=2, **changes)
    validation = Validation(SyntheticPortraits(2, 64, seed=1), 64, "stretch")
    run = open_run(folder, name, False)
    fit(recipe, SOURCE, validation, run, progress=False)
    network, card = load_model(run.path(BEST))
    assert validation_sheet(network, validation, range(2)).dtype == np.uint8
    return run, network, card


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("elb", {"mask", "near"}),
        ("banet_refine", {"mask", "boundary", "refine"}),
        ("bisenet_plus", {"mask", "boundary", "consistency"}),
    ],
)
def test_recipes_train_their_network(name, terms, tmp_path):
    run, network, card = train(name, tmp_path / "run")
    header = run.path(HISTORY).read_text().splitlines()[0].split(",")
    assert terms <= set(header) and card["network"] == get_recipe(name).network
    fresh = tp.build(card["network"], **card["options"])
    assert any(np.abs(new - old).max() > 0 for new, old in zip(network.get_weights(), fresh.get_weights(), strict=True))


def test_sinets_second_stage_starts_from_the_first(tmp_path):
    run, encoder, _ = train("sinet_encoder", tmp_path / "encoder")
    assert encoder.output["mask"].shape[1:] == (8, 8, 2)
    keras.utils.set_random_seed(3)
    whole = tp.build("sinet", size=64)
    decoder = whole.get_layer("mask").get_weights()[0].copy()
    start_weights(whole, str(run.folder))
    for layer in encoder.layers:
        for value, expected in zip(whole.get_layer(layer.name).get_weights(), layer.get_weights(), strict=True):
            np.testing.assert_array_equal(value, expected)
    np.testing.assert_array_equal(whole.get_layer("mask").get_weights()[0], decoder)
    _, network, _ = train("sinet", tmp_path / "whole", init=str(run.folder))
    assert network.output["mask"].shape[1:] == (64, 64, 2)
    with pytest.raises(tp.PortraitError, match="its network is sinet with"):
        start_weights(tp.build("elb", size=64), str(run.folder))


def test_printed_settings():
    table = {  # optimizer, learning rate, L2, batch, epochs, size
        "sinet_encoder": ("adam", 7.5e-3, 2e-4, 36, 300, 224),
        "sinet": ("adam", 7.5e-3, 2e-4, 24, 300, 224),
        "elb": ("adam", 5e-4, 1e-4, 16, 100, 512),
        "banet": ("sgd", 0.1, 1e-4, 16, 80, 512),
        "bisenet": ("adam", 1e-3, 5e-4, 64, 2000, 224),
    }
    for name, expected in table.items():
        recipe = RECIPES[name]
        found = (recipe.optimizer, recipe.learning_rate, recipe.l2, recipe.batch, recipe.epochs, recipe.size)
        assert found == expected, name
    assert RECIPES["banet"].epochs * RECIPES["banet"].steps == 40_000
