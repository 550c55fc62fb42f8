"""The layer kinds that only the baselines have, in one small network: deployed and as a TFLite file, equal to Keras."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import tf_portrait as tp
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float
from tf_portrait.inference.probability import probability_model
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import (
    AdaptivePooling,
    HardSwish,
    MaxUnpooling,
    PadChannels,
    PaddedMaxPooling,
    PortraitPrior,
)
from tf_portrait.models.normalize import normalize

SIZE = 24


def micro(size=SIZE):
    """Every kind once: the map halved twice and back, two classifiers that are added."""
    keras.utils.set_random_seed(0)
    image, quarter = keras.Input((size, size, 3), name="image"), (size // 4, size // 4)
    x = blocks.concat([PortraitPrior(name="prior")(image), image], "join")
    x = blocks.conv(x, 5, 3, "conv", 2)
    x = pooled = blocks.concat([x, PaddedMaxPooling(name="pool")(image)], "stem_concat")
    x = blocks.prelu("stem_prelu", True)(blocks.batch_norm(x, "stem_bn"))
    y = PadChannels(16, name="zeros")(layers.MaxPooling2D(2, name="down")(x))
    x = blocks.grouped(x, 16, 3, 8, "grouped")
    strided = blocks.depthwise(x, 3, "strided", stride=2, dilation=2)
    x = blocks.add([blocks.zero_padded_mean(x, "mean"), strided], "halved")
    x = layers.SpatialDropout2D(0.1, name="dropout")(HardSwish(name="swish")(blocks.add([x, y], "add")))
    mean = blocks.conv(blocks.global_mean(x, "global"), 16, 1, "mean_conv", bias=True)
    x = blocks.add([blocks.grouped(x, 16, 1, 4, "grouped_pointwise"), blocks.spread(mean, x, "spread")], "spread_add")
    even = blocks.resize(AdaptivePooling((size // 8, 2), name="even")(x), None, "even_up", quarter)
    uneven = blocks.resize(AdaptivePooling((4, 5), name="uneven")(x), None, "uneven_up", quarter)
    x = blocks.conv(blocks.add([x, even, uneven], "pyramid"), 8, 1, "narrow")
    x = MaxUnpooling(2, name="unpool")([x, pooled])
    up = blocks.cropped(blocks.transposed(x, 2, 3, "up", bias=True), "up_crop")
    skip = blocks.resize(blocks.conv(pooled, 2, 1, "skip", bias=True), 2, "skip_up")
    return blocks.network(image, blocks.add([up, skip], "mask"), "micro")


def test_every_kind_survives_the_export():
    network, photo = micro(), np.random.default_rng(0).integers(0, 256, (1, SIZE, SIZE, 3)).astype("float32")
    rng = np.random.default_rng(1)
    network.get_layer("stem_bn").set_weights([rng.uniform(0.5, 1.5, 8) for _ in range(4)])
    expected = ops.convert_to_numpy(probability_model(network, SIZE)(photo))[0]
    assert expected.std() > 0.1 and 0.05 < expected.mean() < 0.95
    deployed = deploy(network)
    np.testing.assert_allclose(ops.convert_to_numpy(deployed(photo))[0, ..., 0], expected, atol=1e-5)
    kinds = {type(layer).__name__ for layer in deployed.layers}
    assert not kinds & {
        "PReLU",
        "BatchNormalization",
        "GroupedConv2D",
        "AdaptivePooling",
        "AlignedResize",
        "HardSwish",
        "SpatialDropout2D",
    }
    interpreter = open_interpreter(convert_float(deployed), "micro")
    (given,), (wanted,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(given["index"], photo)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(wanted["index"])[0, ..., 0], expected, atol=1e-5)


@pytest.mark.parametrize(("name", "heads"), [("enet", ["transposed_conv"]), ("mobilenetv3", ["head", "skip"])])
def test_whole_baselines_deploy(name, heads):
    keras.utils.set_random_seed(0)
    network = tp.build(name, size=32)
    photo = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3)).astype("float32")
    spread = np.diff(ops.convert_to_numpy(network(normalize(photo))["mask"])).std()
    for head in heads:  # logits of deviation 2, where a sigmoid hides nothing
        network.get_layer(head).set_weights([value * 2 / spread for value in network.get_layer(head).get_weights()])
    expected = ops.convert_to_numpy(probability_model(network, 32)(photo))[0]
    assert expected.std() > 0.05
    np.testing.assert_allclose(ops.convert_to_numpy(deploy(network)(photo))[0, ..., 0], expected, atol=1e-5)


def test_what_a_phone_has_no_form_of_is_refused():
    with pytest.raises(tp.PortraitError, match=r'enet: un-pools overlapping .*build\("enet", pooling=2\)'):
        deploy(tp.build("enet", size=32, pooling=3))
    with pytest.raises(tp.PortraitError, match="espnet: mask has 5 classes; 1 or 2 are exported"):
        deploy(tp.build("espnet", size=32, decoder=True, classes=5))
