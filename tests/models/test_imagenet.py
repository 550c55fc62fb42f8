import keras
import numpy as np
import pytest
from keras import ops

import tf_portrait as tp
from tf_portrait.models.normalize import MEAN_BGR, SCALE, normalize
from tf_portrait.models.start import start_weights


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A MobileNetV2 of Keras with random weights and BatchNorm statistics, and its file."""
    keras.utils.set_random_seed(3)
    model = keras.applications.MobileNetV2((96, 96, 3), include_top=False, weights=None)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            count = layer.gamma.shape[0]
            layer.set_weights([rng.uniform(low, high, count) for low, high in ((0.5, 2), (-1, 1), (-1, 1), (0.2, 3))])
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    model.save_weights(path)
    return model, path


PHOTO = np.random.default_rng(1).integers(0, 256, (2, 96, 96, 3)).astype("uint8")


def features(model, name, image):
    return ops.convert_to_numpy(keras.Model(model.inputs, model.get_layer(name).output)(image, training=False))


def test_stem_features_equal_those_of_keras_despite_the_other_normalization(reference):
    model = tp.build("portraitnet", size=96)
    start_weights(model, str(reference[1]))
    ours = features(model, "stem_relu", normalize(PHOTO))
    theirs = features(reference[0], "Conv1_relu", PHOTO / 127.5 - 1.0)
    assert np.ptp(theirs) > 1
    # Zero padding means another color to each: the last row and column may differ.
    np.testing.assert_allclose(ours[:, :-1, :-1], theirs[:, :-1, :-1], atol=2e-4)


@pytest.mark.parametrize("name", [("stage3_3_add", "block_5_add"), ("stage7_1_project_bn", "block_16_project_BN")])
def test_deep_features_equal_those_of_keras_from_the_same_stem(reference, name):
    model = tp.build("portraitnet", size=96)
    start_weights(model, str(reference[1]))
    ours = features(model, name[0], normalize(PHOTO))
    stem = features(model, "stem_relu", normalize(PHOTO))
    after_stem = keras.Model(reference[0].get_layer("Conv1_relu").output, reference[0].get_layer(name[1]).output)
    np.testing.assert_allclose(ours, ops.convert_to_numpy(after_stem(stem, training=False)), atol=1e-3, rtol=1e-3)


def test_authors_preset_passes_the_stem_through_its_extra_expansion(reference):
    model = tp.build("portraitnet", size=96, preset="authors")
    start_weights(model, str(reference[1]))
    image = normalize(PHOTO)
    np.testing.assert_allclose(
        features(model, "stage1_1_expand_relu", image), features(model, "stem_relu", image), rtol=1e-5
    )


def test_prior_channel_starts_without_influence(reference):
    model = tp.build("portraitnet", size=96, prior=True)
    start_weights(model, str(reference[1]))
    assert not ops.convert_to_numpy(model.get_layer("stem_conv").kernel)[:, :, 3].any()


def test_real_weights_load(shared):
    model = tp.build("portraitnet", size=64)
    before = model.get_weights()[0]
    start_weights(model, str(shared / "weights" / "mobilenetv2_1.0_224_from_qat_notop.weights.h5"))
    assert np.abs(model.get_weights()[0] - before).max() > 0


def test_other_width_is_refused(reference):
    with pytest.raises(tp.PortraitError, match=r"not MobileNetV2 weights of width 0\.5"):
        start_weights(tp.build("portraitnet", size=96, width=0.5), str(reference[1]))
    with pytest.raises(tp.PortraitError, match=r"exist for width 0\.35"):
        start_weights(tp.build("portraitnet", size=96, width=0.9), str(reference[1]))


def test_missing_file_is_named():
    with pytest.raises(tp.PortraitError, match=r"nowhere\.h5: no such file"):
        start_weights(tp.build("portraitnet", size=96), "nowhere.h5")


def test_normalization_is_the_papers():
    rgb = np.array([[10, 100, 250]], "uint8")
    expected = (np.array([[250, 100, 10]]) - np.array(MEAN_BGR)) * SCALE
    np.testing.assert_allclose(ops.convert_to_numpy(normalize(rgb)), expected, rtol=1e-5)
