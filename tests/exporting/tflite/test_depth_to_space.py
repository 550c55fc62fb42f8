import keras
import numpy as np
import pytest
from keras import layers

import tf_portrait as tp
from tests.models.test_selfie import random_selfie
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float
from tf_portrait.exporting.tflite.depth_to_space import with_depth_to_space
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.models.tflite_weights import model_from_tflite


@pytest.mark.parametrize(("block", "filters"), [(2, 1), (2, 3), (3, 2)])
def test_the_numbers_are_those_of_the_transposed_convolution(block, filters):
    image = keras.Input((5, 4, 6), batch_size=1)
    model = keras.Model(image, layers.Conv2DTranspose(filters, block, block, bias_initializer="normal")(image))
    x = np.random.default_rng(0).normal(0, 1, (1, 5, 4, 6)).astype(np.float32)
    kernel, bias = model.get_weights()
    expected = np.zeros((1, 5 * block, 4 * block, filters))
    for i in range(block):
        for j in range(block):
            expected[:, i::block, j::block] = x @ kernel[i, j].T + bias
    np.testing.assert_allclose(with_depth_to_space(model)(x), expected, atol=1e-5)


def test_a_model_without_them_is_left_alone():
    deployed = deploy(tp.build("portraitnet", size=64, width=0.25))
    assert with_depth_to_space(deployed) is deployed
    overlapping = deploy(tp.build("portraitnet", size=64, width=0.25, preset="authors"))
    assert with_depth_to_space(overlapping) is overlapping


def test_selfies_file_holds_no_transposed_convolution_and_is_read_back(tmp_path):
    deployed = deploy(random_selfie(64))
    path = tmp_path / "selfie.tflite"
    path.write_bytes(convert_float(deployed))
    interpreter = open_interpreter(path.read_bytes(), path)
    names = {operation["op_name"] for operation in interpreter._get_ops_details()}
    assert "DEPTH_TO_SPACE" in names and "TRANSPOSE_CONV" not in names
    rgb = np.random.default_rng(0).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(deployed(rgb))
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], rgb)
    interpreter.invoke()
    answer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(answer, expected, atol=1e-4)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model_from_tflite(path)(rgb)), expected, atol=1e-4)
