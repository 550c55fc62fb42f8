"""The public functions, used as the documents show them."""

import inspect
import subprocess
import sys
import typing

import numpy as np
import pytest

import tf_portrait as tp
from tests.conftest import ROOT


def test_what_is_public_is_there_and_importing_it_is_cheap():
    assert set(tp.__all__) <= set(dir(tp))
    heavy = "import sys, tf_portrait; print([m for m in ('numpy', 'cv2', 'keras', 'tensorflow') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", heavy], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'trane'"):
        tp.trane  # noqa: B018


@pytest.mark.parametrize("name", ["build", "evaluate", "export", "networks", "recipes", "train"])
def test_public_functions_say_what_they_return(name):
    function = getattr(tp, name)
    assert function.__doc__ and (name == "build" or "return" in typing.get_type_hints(function))
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    assert sum(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for kind in kinds) <= 2


def test_names():
    assert "portraitnet" in tp.networks() and {"photos", "finetune", "quickstart"} <= set(tp.recipes())
    assert not any(name.startswith("shipped") for name in tp.recipes())


def test_evaluate_takes_a_function_or_a_model_and_a_folder_or_pairs(portraits):
    everything = tp.evaluate(lambda rgb: np.ones(rgb.shape[:2]), portraits, progress=False)
    masks = [np.mean(photo["iou"]) for photo in everything["photos"]]
    assert len(masks) == 12 and everything["mean"]["iou"] == pytest.approx(np.mean(masks))
    shipped = tp.evaluate("portraitnet_fast", portraits, metrics=("iou",), progress=False)
    assert set(shipped["mean"]) == {"iou"} and shipped["unreadable"] == []
    with pytest.raises(tp.PortraitError, match="there is no photo with a mask"):
        tp.evaluate("portraitnet_fast", [], progress=False)


def test_a_segmenter_brings_its_own_threshold(portraits):
    segmenter = tp.Segmenter("portraitnet_fast")
    segmenter.threshold = 2.0
    assert tp.evaluate(segmenter, portraits, metrics=("iou",), progress=False)["mean"]["iou"] == 0.0


def test_load_gives_network_and_card():
    network, card = tp.load("portraitnet_fast")
    assert network.input_shape == (None, 160, 160, 3) and card["network"] == "portraitnet"


def test_unknown_formats_are_refused():
    with pytest.raises(tp.PortraitError, match="formats='onnx' is unknown; use some of float32"):
        tp.export("portraitnet_fast", formats=["onnx"])
