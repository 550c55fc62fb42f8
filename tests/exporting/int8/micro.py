"""Deployed-like networks of a few layers, one of each kind that int8 has rules for."""

import keras
import numpy as np
from keras import initializers, layers

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("float32")
BATCHES = [photo[None] for photo in PHOTOS]


def micro(fuse="add", upsample="bilinear"):
    """RGB (1, 32, 32, 3), 0..255 -> alpha (1, 32, 32, 1)."""
    keras.utils.set_random_seed(0)
    rgb = keras.Input((32, 32, 3), batch_size=1, name="rgb")
    scale, shift = initializers.Constant(0.017), initializers.Constant(-2.0)
    x = layers.DepthwiseConv2D(1, depthwise_initializer=scale, bias_initializer=shift, name="normalize")(rgb)
    skip = layers.ReLU(6.0, name="stem_relu")(layers.Conv2D(8, 3, 2, "same", name="stem_conv")(x))
    x = layers.ReLU(6.0, name="depthwise_relu")(layers.DepthwiseConv2D(3, padding="same", name="depthwise_conv")(skip))
    x = layers.Conv2D(8, 1, name="project_conv")(x)
    x = (layers.Add if fuse == "add" else layers.Concatenate)(name="fuse")([skip, x])
    if upsample == "bilinear":
        x = layers.UpSampling2D(2, interpolation="bilinear", name="up")(x)
    else:
        x = layers.Conv2DTranspose(8, 4, 2, "same", use_bias=False, name="up")(x)
    wide = initializers.RandomNormal(stddev=0.4)
    x = layers.Conv2D(1, 3, padding="same", kernel_initializer=wide, name="mask")(x)
    return keras.Model(rgb, layers.Activation("sigmoid", name="alpha")(x), name="micro")


def gated():
    """What only ELB, BANet and BiSeNet have: dilation, a pooling in a concatenation, a sigmoid gate, x4 upsampling.

    RGB (1, 32, 32, 3), 0..255 -> alpha (1, 32, 32, 1).
    """
    keras.utils.set_random_seed(0)
    rgb = keras.Input((32, 32, 3), batch_size=1, name="rgb")
    scale, shift = initializers.Constant(0.017), initializers.Constant(-2.0)
    x = layers.DepthwiseConv2D(1, depthwise_initializer=scale, bias_initializer=shift, name="normalize")(rgb)
    down = layers.Conv2D(5, 3, 2, "same", name="down_conv")(x)
    x = layers.Concatenate(name="down")([down, layers.MaxPooling2D(2, name="down_pool")(x)])
    x = layers.ReLU(name="down_relu")(layers.Conv2D(8, 3, 2, "same", name="stem_conv")(x))
    branch = layers.Conv2D(8, (3, 1), padding="same", dilation_rate=(2, 1), name="dilated_conv")(x)
    x = layers.ReLU(name="sum_relu")(layers.Add(name="sum")([x, branch]))
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="gate_pool")(x)
    gate = layers.Activation("sigmoid", name="gate")(layers.Conv2D(8, 1, name="gate_conv")(gate))
    x = layers.Multiply(name="gated")([x, gate])
    wide = initializers.RandomNormal(stddev=0.6)
    x = layers.Conv2D(1, 3, padding="same", kernel_initializer=wide, name="mask")(x)
    x = layers.UpSampling2D(4, interpolation="bilinear", name="up")(x)
    return keras.Model(rgb, layers.Activation("sigmoid", name="alpha")(x), name="gated")
