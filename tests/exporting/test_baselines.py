"""Baselines go the whole way: two steps of training, saved, loaded, a file for every phone, and the proof."""

import os

import numpy as np
import pytest
from keras import layers, ops

from tests.exporting.coreml.test_coreml import KINDS, difference
from tests.training.test_networks import train
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.inference.probability import probability_model
from tf_portrait.inference.tflite import TFLiteModel
from tf_portrait.models.normalize import normalize
from tf_portrait.training.recipes.baselines import ROWS

PHOTO = SyntheticPortraits(1, 64)[0][0]
CALIBRATION = [np.float32(SyntheticPortraits(8, 64, seed=2)[index][0])[None] for index in range(8)]
# Left out: PortraitFCN+, whose 134 M parameters are half a gigabyte of floats for each file; a second width; and what
# takes nine minutes alone: BASELINES=deeplabv3plus python -m pytest -m slow tests/exporting/test_baselines.py
LEFT_OUT = ("portraitfcn", "espnetv2_15", "deeplabv3plus")
NAMES = os.environ.get("BASELINES", "").split() or [name for name, *_ in ROWS if name not in LEFT_OUT]
# Random weights tell roundings on to hundreds of layers; and rounding makes ties, or breaks them, in the map that ENet
# un-pools by, so that values come to the next pixel. A wrong range or layer would be far off these as well.
INT8, COREML = (0.1, 0.9), 0.05  # mean difference and correlation; largest difference
LIMITS = {
    "enet": {"int8": (0.25, 0.5), "mlpackage": 0.4, "mlmodel": 0.4},
    "erfnet": {"int8": (0.15, 0.8), "mlpackage": 0.15},
    "icnet": {"int8": (0.3, 0.5), "mlpackage": 0.15},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=NAMES)
def baseline(request, tmp_path_factory):
    """(folder, deployed model, its alpha of PHOTO) of a network that was trained for two steps, saved and loaded."""
    folder = tmp_path_factory.mktemp(request.param)
    _, network, card = train(request.param, folder / "run")
    assert card["recipe"] == request.param
    _widen(network)
    expected = np.asarray(probability_model(network, 64)(PHOTO[None]))[0]
    assert expected.std() > 0.05
    deployed = deploy(network)
    np.testing.assert_allclose(ops.convert_to_numpy(deployed(np.float32(PHOTO[None])))[0, ..., 0], expected, atol=1e-4)
    return folder, deployed, expected


def _widen(network):
    """What two steps at 64 px leave undone: BatchNorm's means of what it sees, and logits around 0 of deviation 2.

    Without them maps die or grow from layer to layer, and the same answer everywhere would hide everything.
    """
    norms = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    for norm in norms:
        norm.momentum = 0.0
    network(normalize(np.concatenate(CALIBRATION)), training=True)
    logits = np.diff(ops.convert_to_numpy(network(normalize(np.float32(PHOTO[None])))["mask"]))
    makers = [layer for layer in network.layers if layer.weights and layer.output.shape[-1] == 2 and _is_last(layer)]
    factor, middle = 2 / logits.std(), logits.mean()
    for layer in makers:  # kernel and bias, or gamma and beta, and what BatchNorm has seen
        weights = layer.get_weights()
        weights[:2] = [factor * value for value in weights[:2]]
        if len(weights) > 1 and layer is makers[0]:
            weights[1] = weights[1] - factor * middle * np.array([0, 1])
        layer.set_weights(weights)


def _is_last(layer):
    return not any(node.operation.weights for node in layer._outbound_nodes)


def limit(deployed, kind, default):
    return LIMITS.get(deployed.name.removesuffix("_deployed"), {}).get(kind, default)


def test_float_files_say_what_keras_says(baseline):
    folder, deployed, expected = baseline
    (folder / "float.tflite").write_bytes(convert_float(deployed))
    assert np.abs(TFLiteModel(folder / "float.tflite").probability(PHOTO) - expected).max() < 1e-3


def test_int8_files_stay_near_it(baseline):
    folder, deployed, expected = baseline
    (folder / "int8.tflite").write_bytes(convert_ptq(deployed, CALIBRATION))
    alpha = TFLiteModel(folder / "int8.tflite").probability(PHOTO)
    mean, correlation = limit(deployed, "int8", INT8)
    assert np.abs(alpha - expected).mean() < mean
    assert np.corrcoef(alpha.ravel(), expected.ravel())[0, 1] > correlation


@pytest.mark.parametrize("kind", KINDS)
def test_core_ml_files_say_it_too(baseline, kind):
    folder, deployed, expected = baseline
    KINDS[kind](deployed).save(str(folder / f"portrait.{kind}"))
    assert difference(folder / f"portrait.{kind}", expected, PHOTO) < limit(deployed, kind, COREML)
