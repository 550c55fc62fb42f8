import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tests.tiny import tiny
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.metadata import add_card
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
    np.testing.assert_allclose(TFLiteModel(folder / "float.tflite").probability(photo), expected, atol=1e-5)
    np.testing.assert_allclose(TFLiteModel(folder / "int8.tflite").probability(photo), expected, atol=0.05)


def contract_for(path, **changes):
    """A contract that names a file."""
    entry = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    contract = {"model": {}, "input": {"fit": "stretch"}, "output": {"threshold": 0.5}, "files": {path.name: entry}}
    path.with_name("model_contract.json").write_text(json.dumps(contract | changes))


def test_the_segmenter_follows_the_contract(exported, tmp_path):
    net = tmp_path / "net.tflite"
    net.write_bytes((exported[0] / "float.tflite").read_bytes())
    wide = RNG.integers(0, 256, (20, 40, 3)).astype("uint8")
    contract_for(net)
    stretched = tp.Segmenter(net)
    assert (stretched.fit, stretched.threshold) == ("stretch", 0.5) and stretched(wide).shape == (20, 40)
    contract_for(net, input={"fit": "letterbox"}, output={"threshold": 0.4})
    boxed = tp.Segmenter(net)
    assert (boxed.fit, boxed.threshold) == ("letterbox", 0.4)
    assert not np.allclose(boxed(wide), stretched(wide))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"files": {"net.tflite": {"sha256": "0" * 64}}}, r"net\.tflite: hash mismatch with .*model_contract\.json"),
        ({"files": {"net.tflite": 3}}, "hash mismatch"),
        ({"files": {}}, r"net\.tflite: not made by this package, .* add --input-range"),
        ({"files": []}, r"model_contract\.json: cannot be read"),
        ({"input": {"fit": ["x"]}}, r"model_contract\.json: says fit=\['x'\]"),
        ({"output": {"threshold": float("nan")}}, "threshold=nan"),
        ({"output": {"threshold": 0}}, "threshold=0"),
    ],
)
def test_a_contract_that_does_not_fit_is_named(exported, tmp_path, changes, message):
    net = tmp_path / "net.tflite"
    net.write_bytes((exported[0] / "float.tflite").read_bytes())
    contract_for(net, **changes)
    with pytest.raises(tp.PortraitError, match=message):
        tp.Segmenter(net)
    net.with_name("model_contract.json").write_text("{")
    with pytest.raises(tp.PortraitError, match=r"model_contract\.json: cannot be read"):
        tp.Segmenter(net)


def test_a_file_carries_its_card(exported, tmp_path):
    content = (exported[0] / "float.tflite").read_bytes()
    card = {"network": "tiny", "options": {}, "size": 32, "fit": "letterbox", "threshold": 0.4}
    content = add_card(content, {**card, "weights_sha256": "0" * 64})
    (tmp_path / "net.tflite").write_bytes(content)
    segmenter = tp.Segmenter(tmp_path / "net.tflite")
    assert (segmenter.fit, segmenter.threshold, segmenter.card["network"]) == ("letterbox", 0.4, "tiny")
    np.testing.assert_allclose(segmenter.probability(exported[1]), exported[2], atol=1e-5)
    with pytest.raises(tp.PortraitError, match="it needs no --input-range"):
        tp.Segmenter(tmp_path / "net.tflite", input_range="0,1", output="person")


def test_threads_may_share_a_segmenter(exported, tmp_path):
    net = tmp_path / "net.tflite"
    net.write_bytes((exported[0] / "float.tflite").read_bytes())
    contract_for(net)
    segmenter = tp.Segmenter(net)
    photos = [RNG.integers(0, 256, (32, 32, 3)).astype("uint8") for _ in range(4)]
    alone = [segmenter(photo) for photo in photos]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(segmenter, photos * 50))
    for index, alpha in enumerate(together):
        np.testing.assert_array_equal(alpha, alone[index % 4])


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
