import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from keras import ops

import tf_portrait as tp
from tests.exporting.graph.test_deploy import PHOTOS, trained
from tests.exporting.int8.micro import BATCHES as SMALL_PHOTOS
from tests.exporting.int8.micro import micro
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq


@pytest.fixture(scope="module")
def deployed():
    return deploy(trained())


def run(data, photo):
    """The file's answer, as probability, with its input and output details and its operations."""
    interpreter = Interpreter(model_content=data, num_threads=1)
    interpreter.allocate_tensors()
    (inside,), (outside,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(inside["index"], photo.astype(inside["dtype"]))
    interpreter.invoke()
    alpha = interpreter.get_tensor(outside["index"]).astype("float32")
    scale, zero = outside["quantization"]
    operations = {details["op_name"] for details in interpreter._get_ops_details()} - {"DELEGATE"}
    return (alpha - zero) * scale if scale else alpha, inside, outside, operations


DYNAMIC = {"SHAPE", "PACK", "STRIDED_SLICE"}


@pytest.mark.parametrize(("half", "tolerance"), [(False, 1e-4), (True, 2e-2)])
def test_float_files_say_what_keras_says(deployed, half, tolerance):
    alpha, inside, outside, operations = run(convert_float(deployed, half), PHOTOS[:1])
    np.testing.assert_allclose(alpha, ops.convert_to_numpy(deployed(PHOTOS[:1])), atol=tolerance)
    assert inside["shape"].tolist() == [1, 64, 64, 3] and outside["shape"].tolist() == [1, 64, 64, 1]
    assert not operations & DYNAMIC


def test_int8_file_eats_pixels_and_keeps_the_labels(deployed):
    data = convert_ptq(deployed, [photo[None] for photo in PHOTOS])
    alpha, inside, outside, operations = run(data, PHOTOS[:1])
    assert inside["dtype"] is outside["dtype"] is np.uint8
    assert inside["quantization"] == (1.0, 0) and outside["quantization"] == (1 / 256, 0)
    expected = ops.convert_to_numpy(deployed(PHOTOS[:1]))
    # Random weights leave many pixels near 0.5, where 8 bits may tip them; the sure ones must stay what they are.
    sure = np.abs(expected - 0.5) > 0.2
    assert sure.mean() > 0.2 and np.abs(alpha - expected).mean() < 0.05
    assert np.mean((alpha > 0.5)[sure] == (expected > 0.5)[sure]) > 0.99
    assert not operations & (DYNAMIC | {"DEQUANTIZE"})
    # At this width the graph itself weighs in; at width 1 the weights do.
    assert len(data) < 0.6 * sum(4 * weight.size for weight in deployed.get_weights())


def test_a_unit_that_is_always_zero_is_named():
    """XNNPACK would refuse the whole file for its scale, as it did for an untrained MobileNetV3."""
    model = micro()
    kernel, bias = model.get_layer("depthwise_conv").get_weights()
    model.get_layer("depthwise_conv").set_weights([kernel, bias - 100])  # its ReLU never opens
    with pytest.raises(tp.PortraitError, match=r"depthwise.* is zero on all photos of the calibration"):
        convert_ptq(model, SMALL_PHOTOS)
