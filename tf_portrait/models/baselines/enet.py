"""ENet: an early and deep shrinking of the map, bottlenecks, up-sampling at the places that the pooling remembers.

Paszke et al., "ENet: A Deep Neural Network Architecture for Real-Time Semantic Segmentation", 2016. With 2x2 pooling
349,212 trainable parameters (BANet prints 0.35 M), with 3x3 and one slope a block, as PortraitNet's authors built it,
355,542 (0.36 M); 0.346 GMAC at 224 without the transposed convolutions (SINet's 0.346).
"""

import functools

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import MaxUnpooling, PadChannels, PaddedMaxPooling
from tf_portrait.models.checks import check_choice

RENAMED = (("out_activation", "out_prelu"),)
UNUSED = (
    r"^(downsample|regular|dilated|asymmetric)\d_\d\.(ext_conv[23]\.[25]|out_prelu)\."  # further names of one slope
)
# Stage 2 and, without its first block, stage 3: (kind, dilation).
STAGE = (("regular", 1), ("dilated", 2), ("asymmetric", 1), ("dilated", 4)) + (
    ("regular", 1), ("dilated", 8), ("asymmetric", 1), ("dilated", 16)
)  # fmt: skip


def enet(size=224, pooling=2, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 8; None leaves both open. pooling: 2, or 3 for PortraitNet's form, whose
    blocks share one slope (its weights load; phones get the other). classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    image = blocks.image_input("enet", size, classes, 8, 32)
    check_choice("enet", "pooling", pooling, (2, 3))
    down, up = functools.partial(_down, pooling=pooling), functools.partial(_up, pooling=pooling)
    slopes = functools.partial(_slopes, shared=pooling == 3)
    x = blocks.conv(image, 13, 3, "initial_block_main_branch", 2)
    x = blocks.concat([x, PaddedMaxPooling(name="initial_block_pool")(image)], "initial_block_concat")
    x = blocks.prelu("initial_block_out_prelu", True)(blocks.batch_norm(x, "initial_block_batch_norm"))
    x1, x = x, down(x, 64, 0.01, "downsample1_0", slopes("downsample1_0"))
    for index in range(1, 5):
        x = _bottleneck(x, "regular", 1, 0.01, f"regular1_{index}", slopes(f"regular1_{index}"))
    x2, x = x, down(x, 128, 0.1, "downsample2_0", slopes("downsample2_0"))
    for stage, start in ((2, 1), (3, 0)):
        for index, (kind, dilation) in enumerate(STAGE, start):
            name = f"{kind}{stage}_{index}"
            x = _bottleneck(x, kind, dilation, 0.1, name, slopes(name))
    x = up(x, x2, 64, "upsample4_0")
    for name in ("regular4_1", "regular4_2"):
        x = _bottleneck(x, "regular", 1, 0.1, name, _relus(name))
    x = _bottleneck(up(x, x1, 16, "upsample5_0"), "regular", 1, 0.1, "regular5_1", _relus("regular5_1"))
    x = blocks.cropped(blocks.transposed(x, classes, 3, "transposed_conv"), "mask")
    return blocks.network(image, x, "enet")


def _slopes(name, shared):
    """What makes the activations of an encoder block: its own slope for each, or the one of the first for all."""
    if shared:
        layer = blocks.prelu(f"{name}_ext_conv1_2", True)
        return lambda part: layer
    return lambda part: blocks.prelu(f"{name}_{part}", True)


def _relus(name):
    return lambda part: layers.ReLU(name=f"{name}_{part}")


def _conv_bn(x, filters, kernel, name, stride=1, dilation=1, first=0):
    x = blocks.conv(x, filters, kernel, f"{name}_{first}", stride, dilation)
    return blocks.batch_norm(x, f"{name}_{first + 1}")


def _out(x, shortcut, dropout, name, act):
    x = layers.SpatialDropout2D(dropout, name=f"{name}_dropout")(x)
    return act("out_prelu")(blocks.add([shortcut, x], f"{name}_add"))


def _bottleneck(x, kind, dilation, dropout, name, act):
    """1x1 to a quarter of the channels; 3x3, dilated or as a column and a row of five; 1x1 back; residual."""
    y = act("ext_conv1_2")(_conv_bn(x, x.shape[-1] // 4, 1, f"{name}_ext_conv1"))
    if kind == "asymmetric":
        y = act("ext_conv2_2")(_conv_bn(y, y.shape[-1], (5, 1), f"{name}_ext_conv2"))
        y = act("ext_conv2_5")(_conv_bn(y, y.shape[-1], (1, 5), f"{name}_ext_conv2", first=3))
    else:
        y = act("ext_conv2_2")(_conv_bn(y, y.shape[-1], 3, f"{name}_ext_conv2", 1, dilation))
    y = act("ext_conv3_2")(_conv_bn(y, x.shape[-1], 1, f"{name}_ext_conv3"))
    return _out(y, x, dropout, name, act)


def _down(x, filters, dropout, name, act, pooling):
    """The same with a 2x2 convolution of stride 2 in front, beside a pooling whose missing channels are zero."""
    pool = layers.MaxPooling2D(2, name=f"{name}_pool") if pooling == 2 else PaddedMaxPooling(name=f"{name}_pool")
    shortcut = PadChannels(filters, name=f"{name}_zeros")(pool(x))
    y = act("ext_conv1_2")(_conv_bn(x, x.shape[-1] // 4, 2, f"{name}_ext_conv1", 2))
    y = act("ext_conv2_2")(_conv_bn(y, y.shape[-1], 3, f"{name}_ext_conv2"))
    y = act("ext_conv3_2")(_conv_bn(y, filters, 1, f"{name}_ext_conv3"))
    return _out(y, shortcut, dropout, name, act)


def _up(x, pooled, filters, name, pooling):
    """Un-pooling to the places of the matching `_down`, beside a transposed convolution."""
    shortcut = _conv_bn(x, filters, 1, f"{name}_main_conv1")
    shortcut = MaxUnpooling(pooling, name=f"{name}_unpool")([shortcut, pooled])
    y = blocks.relu(_conv_bn(x, x.shape[-1] // 4, 1, f"{name}_ext_conv1"), f"{name}_ext_conv1_relu")
    if pooling == 2:
        y = blocks.batch_norm(blocks.transposed(y, y.shape[-1], 2, f"{name}_ext_tconv1"), f"{name}_ext_tconv1_bnorm")
        y = blocks.relu(y, f"{name}_ext_tconv1_relu")
        y = _conv_bn(y, filters, 1, f"{name}_ext_conv2")
    else:
        y = blocks.batch_norm(blocks.transposed(y, y.shape[-1], 3, f"{name}_ext_conv2_0"), f"{name}_ext_conv2_1")
        y = blocks.relu(blocks.cropped(y, f"{name}_ext_conv2_crop"), f"{name}_ext_conv2_relu")
        y = blocks.relu(_conv_bn(y, filters, 1, f"{name}_ext_conv3"), f"{name}_ext_conv3_relu")
    return _out(y, shortcut, 0.1, name, _relus(name))
