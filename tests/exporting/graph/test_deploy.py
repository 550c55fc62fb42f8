import keras
import numpy as np
import pytest
from keras import layers, ops

import tf_portrait as tp
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.inference.probability import probability_model
from tf_portrait.models.normalize import MEAN_BGR, SCALE, normalize

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype("float32")


def trained(**options):
    """A network whose BatchNorms have something to fold and whose masks have two classes."""
    keras.utils.set_random_seed(0)
    network = tp.build("portraitnet", size=64, **{"width": 0.25, **options})
    rng = np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            count = layer.gamma.shape[0]
            layer.set_weights(
                [rng.uniform(low, high, count) for low, high in ((0.5, 1.5), (-0.5, 0.5), (-1, 1), (0.3, 3))]
            )
    head = network.get_layer("mask")
    kernel = head.get_weights()[0]
    head.set_weights([10 * (kernel - kernel.mean((0, 1)))])  # answers to changes, so its logits are about 0 on average
    return network


@pytest.mark.parametrize(
    "options", [{}, {"preset": "authors"}, {"preset": "paper"}, {"preset": "authors", "fuse": "concat"}]
)
def test_the_deployed_model_is_the_trained_one(options):
    network = trained(**options)
    deployed = deploy(network)
    expected = ops.convert_to_numpy(probability_model(network, 64)(PHOTOS))
    assert 0.02 < np.mean(expected > 0.5) < 0.98 and expected.std() > 0.1
    for photo, mask in zip(PHOTOS, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(deployed(photo[None]))[0, ..., 0], mask, atol=1e-5)


def test_nothing_is_left_that_a_phone_does_not_need():
    deployed = deploy(trained(preset="authors"))
    assert deployed.input_shape == (1, 64, 64, 3) and deployed.output_shape == (1, 64, 64, 1)
    assert not any(isinstance(layer, layers.BatchNormalization) for layer in deployed.layers)
    assert "boundary" not in {layer.name for layer in deployed.layers}


def test_a_rescaling_to_unit_range_leaves_no_normalization():
    """Of a network that takes 0..1: normalized BGR -> Rescaling -> stem; the stem takes the division in."""
    scale = 1 / (255 * SCALE)
    image = keras.Input((64, 64, 3), name="image")
    x = layers.Rescaling(scale, [mean / 255 for mean in MEAN_BGR], name="unit")(image)
    x = layers.Conv2D(8, 3, 2, "same", activation="relu", name="stem_conv")(x)
    odds = layers.UpSampling2D(2, interpolation="bilinear", name="mask")(layers.Conv2D(1, 3, padding="same")(x))
    network = keras.Model(image, {"mask": odds}, name="unit")
    deployed = deploy(network)
    assert [layer.name for layer in deployed.layers[:2]] == ["rgb", "stem_conv"]
    expected = ops.convert_to_numpy(ops.sigmoid(network(normalize(PHOTOS[:1]))["mask"]))
    np.testing.assert_allclose(ops.convert_to_numpy(deployed(PHOTOS[:1])), expected, atol=1e-5)


def test_networks_that_want_more_than_a_photo_are_refused():
    with pytest.raises(tp.PortraitError, match="takes 6 channels; a photo has 3, with the previous mask 4"):
        probability_model(tp.build("portraitfcn", size=64, channels=6), 64)
    with pytest.raises(tp.PortraitError, match="takes NonexNone pixels; build it with a fixed size"):
        deploy(tp.build("portraitnet", size=None, width=0.25))


def test_other_models_are_refused():
    with pytest.raises(tp.PortraitError, match="not a functional model"):
        deploy(keras.Sequential([layers.Conv2D(2, 3)], name="other"))
    image = keras.Input((32, 32, 3))
    nested = keras.Model(image, {"mask": tp.build("portraitnet", size=32, width=0.25)(image)["mask"]}, name="outer")
    with pytest.raises(tp.PortraitError, match="is a nested model; build the network flat"):
        deploy(nested)


def shaken(name, classifier, **options):
    """A network with BatchNorms to fold, slopes of both signs, and logits of mean 0 and deviation 2."""
    keras.utils.set_random_seed(0)
    network, rng = tp.build(name, size=64, **options), np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            count = layer.gamma.shape[0]
            ranges = ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 2))
            layer.set_weights([rng.uniform(low, high, count) for low, high in ranges])
        elif isinstance(layer, layers.PReLU):
            layer.set_weights([rng.uniform(-0.5, 1.0, layer.alpha.shape)])
    head = network.get_layer(classifier)
    kernel, *bias = head.get_weights()
    if not bias:
        kernel = kernel - kernel.mean((0, 1))  # answers to changes, so that its logits are about 0 on average
        head.set_weights([kernel])
    margins = np.diff(ops.convert_to_numpy(network(normalize(PHOTOS))["mask"]))
    shift = margins.mean() / margins.std()
    head.set_weights([kernel * 2 / margins.std(), *(value + np.float32([shift, -shift]) for value in bias)])
    return network


SHAKEN = {
    "elb": lambda: shaken("elb", "classifier", decrease=4),  # looks at the image by a pooling, too
    "sinet": lambda: shaken("sinet", "mask"),
    "sinet reversed": lambda: shaken("sinet", "mask", decoder="reversed"),
    "sinet plain": lambda: shaken("sinet", "mask", decoder="none"),
    "banet": lambda: shaken("banet", "classifier", temperature=2.0),  # needs the boundary's logits
    "bisenet": lambda: shaken("bisenet", "mask_classifier"),
}


@pytest.mark.parametrize("name", SHAKEN)
def test_every_network_becomes_plain_convolutions(name):
    network = SHAKEN[name]()
    expected = ops.convert_to_numpy(probability_model(network, 64)(PHOTOS))
    assert expected.std() > 0.1
    deployed = deploy(network)
    kinds = {type(layer).__name__ for layer in deployed.layers}
    assert not kinds & {"PReLU", "BatchNormalization", "GroupedPointwise", "Blocking", "AveragePooling2D"}
    for photo, mask in zip(PHOTOS, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(deployed(photo[None]))[0, ..., 0], mask, atol=2e-5)


def test_a_first_stage_is_refused():
    with pytest.raises(tp.PortraitError, match="sinet_encoder: the first stage of a training"):
        deploy(tp.build("sinet", size=64, stage="encoder"))


def test_a_slope_above_one_is_refused():
    network = tp.build("sinet", size=64)
    network.get_layer("stem_prelu").set_weights([np.full((1, 1, 12), 1.5)])
    with pytest.raises(tp.PortraitError, match=r"stem_prelu: a slope of 1\.5 cannot be exported"):
        deploy(network)
