import keras
import pytest
from keras import layers

import tf_portrait as tp
from tf_portrait.exporting.graph.counting import count, totals


@pytest.mark.parametrize(
    ("name", "options", "trainable", "giga"),
    [
        ("sinet", {}, 86_910, 0.064),
        ("elb", {"size": 512}, 659_198, 3.790),
        ("elb", {"size": 512, "decrease": 4}, 239_742, 1.388),
    ],
)
def test_figures_of_the_papers(name, options, trainable, giga):
    found = totals(count(tp.build(name, **options)))
    assert found["trainable"] == trainable
    assert abs(found["macs"] / 1e9 - giga) < 0.01 * giga


@pytest.mark.parametrize(("upsample", "giga"), [("deconv", 0.361), ("bilinear", 0.318)])
def test_portraitnet_at_inference(upsample, giga):
    model = tp.build("portraitnet", preset="authors", upsample=upsample)
    macs = totals([row for row in count(model) if row["layer"] != "boundary"])["macs"]  # that head stays at home
    assert abs(macs / 1e9 - giga) < 0.01 * giga


def test_layers_by_hand():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, 2, "same", name="conv")(image)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.Conv2DTranspose(2, 4, 2, "same", use_bias=False, name="up")(x)
    rows = {row["layer"]: row for row in count(keras.Model(image, x))}
    assert (rows["conv"]["macs"], rows["conv"]["parameters"]) == (4 * 4 * 9 * 3 * 4, 9 * 3 * 4 + 4)
    assert (rows["depthwise"]["macs"], rows["depthwise"]["parameters"]) == (4 * 4 * 9 * 4, 36)
    assert (rows["bn"]["macs"], rows["bn"]["trainable"], rows["bn"]["parameters"]) == (0, 8, 16)
    assert rows["up"]["macs"] == 4 * 4 * 16 * 4 * 2


def test_what_cannot_be_counted_is_told():
    with pytest.raises(tp.PortraitError, match="build it with a size"):
        count(tp.build("portraitnet", size=None))
    image = keras.Input((8, 8, 3))
    with pytest.raises(tp.PortraitError, match="odd: nobody has said how to count a SeparableConv2D layer"):
        count(keras.Model(image, layers.SeparableConv2D(2, 3, name="odd")(image)))
