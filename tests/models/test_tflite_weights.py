"""What is read back from a .tflite file equals the file, and what cannot be read is named."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import tf_portrait as tp
from tests.models.test_selfie import random_selfie
from tf_portrait.data.files import read_rgb
from tf_portrait.data.fit import resize
from tf_portrait.data.folder import list_photos
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.models.start import scale_logits, start_weights
from tf_portrait.models.tflite_weights import load_tflite, model_from_tflite


def _answer(content, values):
    interpreter = open_interpreter(content, "file")
    (source,), (sink,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(source["index"], values)
    interpreter.invoke()
    return interpreter.get_tensor(sink["index"])


@pytest.fixture(scope="module")
def selfie_file(tmp_path_factory):
    network = random_selfie(64)
    path = tmp_path_factory.mktemp("tflite") / "selfie.tflite"
    path.write_bytes(convert_float(deploy(network)))
    return network, path


@pytest.mark.parametrize("name", ["selfie_segmentation", "selfie_segmentation_landscape"])
def test_mediapipes_files_are_read_to_the_last_digits(shared, name):
    path = shared / "models" / f"{name}.tflite"
    model = model_from_tflite(path)
    _, height, width, _ = model.input_shape
    photo = resize(read_rgb(list_photos(shared / "data" / "val_picsart")[0]), width, height)
    peer = Segmenter(path)
    mine = keras.ops.convert_to_numpy(model(photo[None] / np.float32(255)))[0, ..., 0]
    assert 0.05 < np.mean(mine > 0.5) < 0.95
    np.testing.assert_allclose(mine, peer.probability(photo), atol=1e-4)  # log-odds reach 1000


def test_selfie_takes_mediapipes_weights_and_its_export_is_their_file_again(shared):
    path = shared / "models" / "selfie_segmentation.tflite"
    network = tp.build("selfie")
    start_weights(network, str(path))
    photo = resize(read_rgb(list_photos(shared / "data" / "val_picsart")[0]), 256, 256)
    exported = _answer(convert_float(deploy(network)), photo[None].astype(np.float32))[0, ..., 0]
    np.testing.assert_allclose(exported, Segmenter(path).probability(photo), atol=5e-5)


@pytest.mark.parametrize("options", [{"preset": "mobile"}, {"preset": "authors"}, {"preset": "paper"}])
@pytest.mark.parametrize("half", [False, True])
def test_our_own_exports_are_read_back(tmp_path, options, half):
    keras.utils.set_random_seed(3)
    path = tmp_path / "own.tflite"
    path.write_bytes(convert_float(deploy(tp.build("portraitnet", size=64, width=0.25, **options)), half))
    rgb = np.random.default_rng(0).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)
    back = keras.ops.convert_to_numpy(model_from_tflite(path)(rgb))
    np.testing.assert_allclose(back, _answer(path.read_bytes(), rgb), atol=2e-5)
    assert back.std() > 0


def test_a_file_of_another_network_is_refused_and_nothing_changed(selfie_file, tmp_path):
    path = tmp_path / "portraitnet.tflite"
    path.write_bytes(convert_float(deploy(tp.build("portraitnet", size=64, width=0.25))))
    network = random_selfie(64, seed=5)
    before = network.get_weights()
    with pytest.raises(PortraitError, match="holds another network than selfie"):
        load_tflite(network, path)
    for mine, old in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, old)


def _write(tmp_path, network, **settings):
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    for name, value in settings.items():
        setattr(converter, name, value)
    path = tmp_path / "file.tflite"
    path.write_bytes(converter.convert())
    return path


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (layers.MaxPooling2D(2), r"operation 0, MAX_POOL_2D, cannot be read: only CONV_2D, .* can be"),
        (layers.AveragePooling2D(2), r"operation 0, AVERAGE_POOL_2D, cannot be read: a window of 2x2 in 8x8"),
        (layers.Conv2D(4, 3, groups=2), r"operation 0, CONV_2D, cannot be read: a grouped one"),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), r"DEPTHWISE_CONV_2D, cannot be read: 8 channels out of 4"),
        (layers.Softmax(), "operation 0, SOFTMAX, cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path, layer, told):
    image = keras.Input((8, 8, 4), batch_size=1)
    path = _write(tmp_path, keras.Model(image, layer(image)))
    with pytest.raises(PortraitError, match=told):
        model_from_tflite(path)


def test_quantized_and_damaged_files_are_refused(tmp_path, selfie_file):
    photos = [np.full((1, 64, 64, 3), level, np.float32) for level in (0, 255)]
    quantized = tmp_path / "int8.tflite"
    quantized.write_bytes(convert_ptq(deploy(tp.build("portraitnet", size=64, width=0.25)), photos))
    with pytest.raises(PortraitError, match="only float32 and float16 files can be read"):
        model_from_tflite(quantized)
    damaged = tmp_path / "half.tflite"
    content = selfie_file[1].read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    with pytest.raises(PortraitError, match="damaged"):
        model_from_tflite(damaged)
    damaged.write_bytes(b"no model at all")
    with pytest.raises(PortraitError, match="no TFL3 mark"):
        model_from_tflite(damaged)
    with pytest.raises(PortraitError, match="cannot be read"):
        model_from_tflite(tmp_path / "none.tflite")


def test_scaled_logits_keep_their_sign(selfie_file):
    network = random_selfie(64)
    image = np.random.default_rng(1).normal(0, 1, (1, 64, 64, 3)).astype(np.float32)
    before = keras.ops.convert_to_numpy(network(image)["mask"])
    scale_logits(network, 0.05)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(network(image)["mask"]), 0.05 * before, rtol=1e-4, atol=1e-6)
