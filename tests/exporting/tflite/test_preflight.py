import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_portrait as tp
from tests.exporting.graph.test_deploy import PHOTOS
from tests.tiny import tiny
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.metadata import add_card, add_metadata
from tf_portrait.exporting.tflite.preflight import format_facts, preflight

CARD = {"network": "tiny", "options": {}, "size": 64, "fit": "stretch", "threshold": 0.5, "weights_sha256": "0" * 64}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    keras.utils.set_random_seed(0)
    deployed = deploy(tiny(64))
    (folder / "float.tflite").write_bytes(add_card(add_metadata(convert_float(deployed), "a test"), CARD))
    (folder / "half.tflite").write_bytes(convert_float(deployed, half=True))
    (folder / "int8.tflite").write_bytes(convert_ptq(deployed, [photo[None] for photo in PHOTOS]))
    return folder


def test_facts_of_our_files(files):
    real, half, int8 = (preflight(files / f"{name}.tflite", runs=2) for name in ("float", "half", "int8"))
    for facts in (real, half, int8):
        assert facts["xnnpack_partitions"] == 1 and facts["xnnpack_whole"] and facts["inner_conversions"] == 0
        assert not facts["dynamic_ops"] and not facts["custom_ops"] and facts["milliseconds"] > 0
    assert real["gpu_compatible"] and half["gpu_compatible"]
    assert (real["metadata"], half["metadata"]) == (True, False)
    assert (real["int8_share"], int8["int8_share"]) == (0.0, 1.0)
    assert int8["inputs"][0] | {"name": ""} == {
        "name": "", "shape": [1, 64, 64, 3], "dtype": "uint8", "scale": 1.0, "zero_point": 0,
    }  # fmt: skip
    assert (real["bytes_out"], int8["bytes_out"]) == (4 * 64 * 64, 64 * 64)
    assert int8["ops"]["QUANTIZE"] == 2 and int8["xnnpack_left"] == {"QUANTIZE": 2}
    text = format_facts("int8.tflite", int8)
    assert "1 partition(s); it leaves 2 QUANTIZE" in text and "uint8, scale 1, zero point 0" in text


def test_a_dynamic_graph_is_told(tmp_path):
    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3), tf.float32)])
    def dynamic(x):
        return tf.reshape(tf.math.erf(x), (tf.shape(x)[0], 64, 3))

    converter = tf.lite.TFLiteConverter.from_concrete_functions([dynamic.get_concrete_function()])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    (tmp_path / "dynamic.tflite").write_bytes(converter.convert())
    with pytest.raises(tp.PortraitError, match=r"dynamic\.tflite: damaged, or needs operations that are not built in"):
        preflight(tmp_path / "dynamic.tflite")

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3), tf.float32)])
    def batched(x):
        return tf.reshape(tf.nn.relu(x), (tf.shape(x)[0], 64, 3))

    converter = tf.lite.TFLiteConverter.from_concrete_functions([batched.get_concrete_function()])
    (tmp_path / "batched.tflite").write_bytes(converter.convert())
    facts = preflight(tmp_path / "batched.tflite", runs=1)
    assert {"SHAPE", "PACK"} <= set(facts["dynamic_ops"])
    assert not facts["xnnpack_whole"]


def test_damaged_files_are_refused(files, tmp_path):
    whole = (files / "float.tflite").read_bytes()
    (tmp_path / "cut.tflite").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "text.tflite").write_text("not a model")
    (tmp_path / "empty.tflite").write_bytes(b"")
    with pytest.raises(tp.PortraitError, match=r"cut\.tflite: damaged"):
        preflight(tmp_path / "cut.tflite")
    for name in ("text", "empty"):
        with pytest.raises(tp.PortraitError, match=rf"{name}\.tflite: not a \.tflite file"):
            preflight(tmp_path / f"{name}.tflite")
    with pytest.raises(tp.PortraitError, match="none"):
        preflight(tmp_path / "none.tflite")


def test_metadata_leaves_the_answer_alone(files):
    with_metadata = tp.Segmenter(files / "float.tflite")
    photo = PHOTOS[0].astype("uint8")
    keras.utils.set_random_seed(0)
    expected = deploy(tiny(64))(PHOTOS[:1])[0, ..., 0]
    np.testing.assert_allclose(with_metadata.probability(photo), expected, atol=1e-4)
