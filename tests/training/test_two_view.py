import importlib.util
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from tests.conftest import ROOT
from tests.tiny import tiny
from tf_portrait.losses import OBJECTIVES, Objective
from tf_portrait.models.normalize import normalize
from tf_portrait.training.two_view import TwoView

RNG = np.random.default_rng(0)
IMAGES = {key: RNG.integers(0, 256, (2, 32, 32, 3)).astype("uint8") for key in ("image", "view2")}
TARGETS = {key: RNG.integers(0, 2, (2, 32, 32)).astype("float32") for key in ("mask", "boundary")}


def compiled(objective, learning_rate=0.0, **options):
    trainer = TwoView(tiny(), objective, **options)
    trainer.compile(optimizer=keras.optimizers.SGD(learning_rate), jit_compile=False)
    return trainer


def step(trainer):
    history = trainer.fit(IMAGES, TARGETS, batch_size=2, shuffle=False, verbose=0).history
    return {key: value[0] for key, value in history.items()}


def test_logged_terms_are_the_objective_on_the_networks_two_outputs():
    trainer = compiled(OBJECTIVES["full"])
    outputs = [trainer.network(normalize(IMAGES[key]), training=True) for key in ("image", "view2")]
    expected = OBJECTIVES["full"](*outputs, TARGETS["mask"], TARGETS["boundary"])
    logs = step(trainer)
    assert set(logs) == {"loss", "mask", "boundary", "consistency"}
    for name in ("mask", "boundary", "consistency"):
        assert logs[name] == pytest.approx(float(expected[name]), rel=1e-4)
    assert logs["loss"] == pytest.approx(float(expected["total"]), rel=1e-4)


def test_l2_is_coupled_into_the_loss():
    plain, decayed = compiled(OBJECTIVES["M"]), compiled(OBJECTIVES["M"], l2=0.1)
    decayed.network.set_weights(plain.network.get_weights())
    squares = sum(float(np.sum(np.square(w.numpy()))) for w in plain.network.trainable_variables)
    assert step(decayed)["loss"] - step(plain)["loss"] == pytest.approx(0.05 * squares, rel=1e-3)


def test_one_view_objectives_run_the_network_once():
    trainer = compiled(OBJECTIVES["B"])
    assert set(trainer(IMAGES, training=False)) == {"second"}
    moving = trainer.network.get_layer("stem_bn")
    step(trainer)
    image = normalize(IMAGES["view2"])
    features = ops.convert_to_numpy(trainer.network.get_layer("stem_conv")(image))
    # One pass from the initial mean of 0 with momentum 0.9; a second pass would leave 0.19 of it.
    np.testing.assert_allclose(moving.moving_mean, 0.1 * features.mean((0, 1, 2)), rtol=1e-3, atol=1e-5)


def test_averages_follow_the_weights():
    trainer = compiled(OBJECTIVES["M"], learning_rate=0.1, ema=0.5)
    values = [trainer.network.get_weights()]
    for _ in range(2):
        step(trainer)
        values.append(trainer.network.get_weights())
    # The decay is min(0.5, (1 + n) / (10 + n)): 2/11, then 3/12. A step averages what it sees: weights before their
    # update, BatchNorm's statistics after theirs.
    for index, weight in enumerate(trainer.network.weights):
        first, second = (values[n][index] for n in ((0, 1) if weight.trainable else (1, 2)))
        expected = 0.25 * (2 / 11 * values[0][index] + 9 / 11 * first) + 0.75 * second
        np.testing.assert_allclose(trainer.final_weights()[index], expected, rtol=1e-3, atol=1e-5, err_msg=weight.path)


def test_without_averages_the_weights_themselves_are_final():
    trainer = compiled(Objective())
    for weight, final in zip(trainer.network.get_weights(), trainer.final_weights(), strict=True):
        np.testing.assert_array_equal(weight, final)


def values(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    process = subprocess.run(
        [sys.executable, "-m", "tests.training.two_view_values"],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return json.loads(process.stdout.splitlines()[-1])


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_take_the_same_step(backend):
    theirs, ours = values(backend), values("tensorflow")
    assert theirs["backend"] == backend
    for name, value in ours["logs"].items():
        assert theirs["logs"][name] == pytest.approx(value, rel=1e-3), name
    for name, value in ours["weights"].items():  # BatchNorm statistics included
        assert theirs["weights"][name] == pytest.approx(value, rel=2e-3, abs=1e-3), name
    np.testing.assert_allclose(theirs["averages"], ours["averages"], rtol=2e-3, atol=1e-3)


def test_feedback_makes_the_first_answer_the_previous_mask_of_the_second_view():
    """An oracle by hand; and no gradient runs from the second answer into the first."""
    images = {key: np.concatenate([view, view[..., :1] // 2], -1) for key, view in IMAGES.items()}
    trainer = TwoView(tiny(prior=True), OBJECTIVES["C"], feedback=True)
    made = trainer(images, training=False)
    first = trainer.network(normalize(images["image"]), training=False)["mask"]
    logits = ops.convert_to_numpy(first).astype("float64")
    person = 255 / (1 + np.exp(logits[..., 0] - logits[..., 1]))
    fed = np.concatenate([images["view2"][..., :3], person[..., None]], -1).astype("float32")
    second = trainer.network(normalize(fed), training=False)["mask"]
    np.testing.assert_allclose(made["first"]["mask"], first, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(made["second"]["mask"], second, rtol=1e-3, atol=1e-4)
    assert (
        np.abs(ops.convert_to_numpy(made["second"]["mask"] - trainer.network(normalize(images["view2"]))["mask"])).max()
        > 0.01
    )
