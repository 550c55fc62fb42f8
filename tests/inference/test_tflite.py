import json

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tests.tiny import tiny
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.inference.tflite import TFLiteModel, dequantized, quantized

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tflite")
    keras.utils.set_random_seed(0)
    deployed = deploy(tiny(32))
    photo = RNG.integers(0, 256, (32, 32, 3)).astype("uint8")
    (folder / "float.tflite").write_bytes(convert_float(deployed))
    (folder / "int8.tflite").write_bytes(convert_ptq(deployed, [photo[None].astype("float32")]))
    return folder, photo, deployed.predict_on_batch(photo[None].astype("float32"))[0, ..., 0]


def test_photos_go_in_as_they_are(exported):
    folder, photo, expected = exported
    np.testing.assert_allclose(TFLiteModel(folder / "float.tflite")(photo), expected, atol=1e-5)
    np.testing.assert_allclose(TFLiteModel(folder / "int8.tflite")(photo), expected, atol=0.05)


def test_the_segmenter_follows_the_contract(exported, tmp_path):
    folder, _, _ = exported
    (tmp_path / "net.tflite").write_bytes((folder / "float.tflite").read_bytes())
    wide = RNG.integers(0, 256, (20, 40, 3)).astype("uint8")
    stretched = tp.Segmenter(tmp_path / "net.tflite")
    assert (stretched.fit, stretched.threshold) == ("stretch", 0.5) and stretched(wide).shape == (20, 40)
    contract = {"input": {"fit": "letterbox"}, "output": {"threshold": 0.4}}
    (tmp_path / "model_contract.json").write_text(json.dumps(contract))
    boxed = tp.Segmenter(tmp_path / "net.tflite")
    assert (boxed.fit, boxed.threshold) == ("letterbox", 0.4)
    assert not np.allclose(boxed(wide), stretched(wide))
    (tmp_path / "model_contract.json").write_text("{")
    with pytest.raises(tp.PortraitError, match=r"model_contract\.json: cannot be read"):
        tp.Segmenter(tmp_path / "net.tflite")


def test_values_and_tensors():
    detail = {"quantization": (0.5, 10), "dtype": np.uint8}
    np.testing.assert_array_equal(quantized(np.array([0.0, 1.0, 1000.0, -1000.0]), detail), [10, 12, 255, 0])
    np.testing.assert_array_equal(dequantized(np.array([10, 12], np.uint8), detail), [0.0, 1.0])
    plain = {"quantization": (0.0, 0), "dtype": np.float32}
    assert quantized(np.array([7]), plain).dtype == np.float32 and dequantized(np.float32([0.25]), plain)[0] == 0.25


def test_backends(exported):
    with pytest.raises(tp.PortraitError, match="backend='tflight' is unknown; use one of ai_edge_litert"):
        TFLiteModel(exported[0] / "float.tflite", backend="tflight")
    try:
        import tflite_runtime  # noqa: F401
    except ImportError:
        with pytest.raises(tp.PortraitError, match="tflite_runtime is not installed; pip install tflite-runtime"):
            TFLiteModel(exported[0] / "float.tflite", backend="tflite_runtime")


def test_other_files_are_refused(tmp_path):
    with pytest.raises(tp.PortraitError, match=r"none\.tflite: cannot be read"):
        tp.Segmenter(tmp_path / "none.tflite")
    (tmp_path / "text.tflite").write_text("hello, I am text")
    with pytest.raises(tp.PortraitError, match=r"text\.tflite: not a \.tflite file"):
        tp.Segmenter(tmp_path / "text.tflite")
    image = keras.Input((8, 8, 1), batch_size=1)
    gray = keras.Model(image, keras.layers.Conv2D(1, 1)(image))
    (tmp_path / "gray.tflite").write_bytes(convert_float(gray))
    with pytest.raises(tp.PortraitError, match=r"gray\.tflite: maps \[1, 8, 8, 1\]"):
        TFLiteModel(tmp_path / "gray.tflite")
