"""ELB: an efficient, lightweight network of bottlenecks with factorized, dilated convolutions.

659,198 trainable parameters and 3.790 GMAC at 512; 239,742 with channels decreased by 4. The paper shows channels and
dilations in figures alone. Ours are ERFNet's (16, 64, 128; 2, 4, 8, 16 twice), with two factorized pairs in a block and
BatchNorm without bias on both 1x1 convolutions, which gives the printed sizes.
"""

import keras
from keras import layers

from tf_portrait.models.blocks import BN_MOMENTUM
from tf_portrait.models.checks import check_choice, check_classes, check_size

DILATIONS = (2, 4, 8, 16, 2, 4, 8, 16)


def elb(size=512, decrease=2, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 8; None leaves both open. decrease: by how much a block narrows its
    channels, 2 or 4 (Table 2).
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    check_size("elb", size, 8, least=32)
    check_choice("elb", "decrease", decrease, (2, 4))
    check_classes("elb", classes)
    image = keras.Input((size, size, 3), name="image")
    x = _down(_down(image, 16, "down1"), 64, "down2")
    for index in range(5):
        x = _bottleneck(x, decrease, 1, f"block{index + 1}")
    x = _down(x, 128, "down3")
    for index, dilation in enumerate(DILATIONS):
        x = _bottleneck(x, decrease, dilation, f"block{index + 6}")
    x = layers.Conv2D(classes, 1, name="classifier")(x)
    return keras.Model(image, {"mask": layers.UpSampling2D(8, interpolation="bilinear", name="mask")(x)}, name="elb")


def _bn_relu(x, name, relu=True):
    x = layers.BatchNormalization(momentum=BN_MOMENTUM, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def _down(x, filters, name):
    """DSB: a 3x3 convolution by two beside a max-pool, concatenated."""
    conv = layers.Conv2D(filters - x.shape[-1], 3, 2, "same", kernel_initializer="he_normal", name=f"{name}_conv")(x)
    pool = layers.MaxPooling2D(2, name=f"{name}_pool")(x)
    return _bn_relu(layers.Concatenate(name=f"{name}_concat")([conv, pool]), name)


def _bottleneck(x, decrease, dilation, name):
    """BFB: narrow, two pairs of 3x1 and 1x3 (the second dilated), widen, residual."""
    channels = x.shape[-1]

    def conv(y, filters, kernel, end, rate=1, bias=False):
        return layers.Conv2D(
            filters, kernel, padding="same", dilation_rate=rate, use_bias=bias, kernel_initializer="he_normal",
            name=f"{name}_{end}",
        )(y)  # fmt: skip

    narrow = channels // decrease
    y = _bn_relu(conv(x, narrow, 1, "narrow"), f"{name}_narrow")
    for pair, rate in ((1, 1), (2, dilation)):
        y = conv(y, narrow, (3, 1), f"pair{pair}_rows", (rate, 1), bias=True)
        y = layers.ReLU(name=f"{name}_pair{pair}_rows_relu")(y)
        y = _bn_relu(conv(y, narrow, (1, 3), f"pair{pair}_columns", (1, rate)), f"{name}_pair{pair}")
    y = _bn_relu(conv(y, channels, 1, "widen"), f"{name}_widen", relu=False)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))
