import keras
import numpy as np
import pytest
from keras import layers

import tf_portrait as tp
from tests.exporting.graph.test_deploy import PHOTOS, trained
from tests.exporting.graph.test_lowering import SIZE
from tests.exporting.graph.test_lowering import micro as baseline
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.int8.rebuild import rebuild


@pytest.mark.parametrize("options", [{}, {"preset": "authors"}, {"preset": "authors", "fuse": "concat"}])
def test_trained_and_deployed_networks_come_out_equal(options):
    network = trained(**options)
    image = (PHOTOS - 128) / 64
    ours, theirs = network(image), rebuild(network)(image)
    for head in ("mask", "boundary"):
        scale = np.abs(ours[head]).max()
        np.testing.assert_allclose(theirs[head] / scale, ours[head] / scale, atol=1e-5)
    deployed = deploy(network)
    np.testing.assert_allclose(rebuild(deployed)(PHOTOS[:1]), deployed(PHOTOS[:1]), atol=1e-5)


def test_layers_that_only_baselines_have_come_out_equal():
    deployed, photo = deploy(baseline()), np.random.default_rng(0).uniform(0, 255, (1, SIZE, SIZE, 3)).astype("float32")
    assert {"Unpooling", "PaddedMaxPooling", "PadChannels", "Permute", "Spread"} <= {
        type(x).__name__ for x in deployed.layers
    }
    np.testing.assert_allclose(rebuild(deployed)(photo), deployed(photo), atol=1e-5)


def test_names_and_weights_are_the_same():
    deployed = deploy(trained())
    twin = rebuild(deployed)
    assert [layer.name for layer in twin.layers] == [layer.name for layer in deployed.layers]
    for ours, theirs in zip(deployed.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_layer_without_counterpart_is_named():
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, layers.PReLU(name="odd")(image))
    with pytest.raises(tp.PortraitError, match="odd: a PReLU layer cannot be quantized; replace it or fold it away"):
        rebuild(model)


def test_hard_swish_is_refused_with_what_to_do_instead():
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, layers.Activation("hard_swish", name="odd")(image))
    with pytest.raises(tp.PortraitError, match=r"odd: hard swish cannot be quantized.*--formats float16"):
        rebuild(model)
