"""ESPNetV2: depthwise dilated convolutions in four branches, grouped 1x1, a pyramid of poolings in the decoder.

Mehta et al., "ESPNetv2: A Light-weight, Power Efficient, and General Purpose Convolutional Neural Network", CVPR 2019,
with the decoder of the authors' EdgeNets: 458,102 trainable parameters and 0.137 GMAC at 224 for a width of 1.5,
777,830 and 0.231 for 2.0, as SINet prints, of which 352 and 480 are slopes that nothing computes with.
"""

import math

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import AdaptivePooling
from tf_portrait.models.checks import check_choice
from tf_portrait.models.sinet_blocks import Shuffle

RENAMED = (
    (r"^base_net\.", ""),
    (r"level(\d)_0", r"level\1_down"),
    (r"cbr\.0$", "conv"),
    (r"cbr\.1$", "bn"),
    (r"cbr\.2$", "act"),
    (r"(br|bu_br_l\d)\.0$", r"\1.bn"),
    (r"(br|bu_br_l\d)\.1$", r"\1.act"),
)
UNUSED = r"level\d_0\.eesp\.module_act\."
CHANNELS = {1.5: (32, 96, 192, 384), 2.0: (32, 128, 256, 512)}
SCALES = (2.0, 1.5, 1.0, 0.5, 0.1)


def espnetv2(size=224, width=2.0, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 16. width: 1.5 or 2.0. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    image = blocks.image_input("espnetv2", size, classes, 16, 64, may_be_open=False)
    check_choice("espnetv2", "width", width, tuple(CHANNELS))
    stem, second, third, fourth = CHANNELS[width]
    levels = [_bn_act(blocks.conv(image, stem, 3, "level1_conv", 2), "level1")]
    levels.append(_down(levels[-1], second, image, 2, "level2_down"))
    for level, filters, count, dilations in ((3, third, 3, (1, 2, 3, 4)), (4, fourth, 7, (1, 1, 2, 3))):
        x = _down(levels[-1], filters, image, level, f"level{level}_down")
        for index in range(count):
            x = _eesp(x, filters, 1, dilations, f"level{level}_{index}")
        levels.append(x)
    x = levels.pop()
    for step, filters in enumerate((64, 48, 32), 1):
        x = _pyramid(x, filters, classes, f"bu_dec_l{step}")
        x = blocks.resize(_bn_act(x, f"bu_dec_l{step}_br_br"), 2, f"bu_dec_l{step}_up")
        x = blocks.add([x, _skip(levels.pop(), filters, f"merge_enc_dec_l{step + 1}")], f"bu_br_l{step + 1}_add")
        x = _bn_act(x, f"bu_br_l{step + 1}")
    x = blocks.resize(_pyramid(x, classes, classes, "bu_dec_l4", bias=True), 2, "mask")
    return blocks.network(image, x, "espnetv2")


def _bn_act(x, name):
    return blocks.prelu(f"{name}_act")(blocks.batch_norm(x, f"{name}_bn"))


def _eesp(x, filters, stride, dilations, name):
    """1x1 in groups, four dilations added up and joined, 1x1 in groups; a residual at a stride of 1."""
    y = _bn_act(blocks.grouped(x, filters // 4, 1, 4, f"{name}_proj_1x1_conv"), f"{name}_proj_1x1")
    joined = []
    for branch, dilation in enumerate(dilations):
        z = blocks.depthwise(y, 3, f"{name}_spp_dw_{branch}_conv", stride, dilation)
        joined.append(blocks.add([joined[-1], z], f"{name}_add{branch}") if joined else z)
    y = _bn_act(blocks.concat(joined, f"{name}_concat"), f"{name}_br_after_cat")
    y = blocks.grouped(y, filters, 1, 4, f"{name}_conv_1x1_exp_conv")
    y = blocks.batch_norm(y, f"{name}_conv_1x1_exp_bn")
    if stride > 1:
        return y
    return blocks.prelu(f"{name}_module_act")(blocks.add([y, x], f"{name}_add"))


def _down(x, filters, image, halvings, name):
    """Half the map: its means beside an EESP, and the shrunk image added to both."""
    y = _eesp(x, filters - x.shape[-1], 2, (1, 2, 3, 4), f"{name}_eesp")
    y = blocks.concat([blocks.zero_padded_mean(x, f"{name}_mean"), y], f"{name}_concat")
    for index in range(halvings):
        image = blocks.zero_padded_mean(image, f"{name}_image{index}")
    image = _bn_act(blocks.conv(image, 3, 3, f"{name}_inp_reinf_0_conv"), f"{name}_inp_reinf_0")
    image = blocks.conv(image, filters, 1, f"{name}_inp_reinf_1_conv")
    image = blocks.batch_norm(image, f"{name}_inp_reinf_1_bn")
    return blocks.prelu(f"{name}_act")(blocks.add([y, image], f"{name}_add"))


def _pyramid(x, filters, classes, name, bias=False):
    """Few channels, filtered at five sizes of the map and merged."""
    few, (height, width) = min(classes // 2, 16), x.shape[1:3]
    x = _bn_act(blocks.conv(x, few, 1, f"{name}_projection_layer_conv"), f"{name}_projection_layer")
    joined = []
    for stage, scale in enumerate(SCALES):
        y, size = x, [max(5, math.ceil(side * scale)) for side in (height, width)]
        if scale > 1:
            y = blocks.resize(y, None, f"{name}_stages_{stage}_up", size)
        elif scale < 1:
            y = AdaptivePooling(size, name=f"{name}_stages_{stage}_pool")(y)
        y = blocks.depthwise(y, 3, f"{name}_stages_{stage}")
        if scale > 1:
            y = AdaptivePooling((height, width), name=f"{name}_stages_{stage}_back")(y)
        elif scale < 1:
            y = blocks.resize(y, None, f"{name}_stages_{stage}_back", (height, width))
        joined.append(y)
    x = _bn_act(blocks.concat(joined, f"{name}_concat"), f"{name}_merge_layer_0_br")
    if few > 1:
        x = Shuffle(len(SCALES), name=f"{name}_shuffle")(x)
    x = blocks.grouped(x, few, 3, few, f"{name}_merge_layer_2_conv")
    x = _bn_act(x, f"{name}_merge_layer_2")
    return layers.Conv2D(filters, 1, use_bias=bias, kernel_initializer="he_normal", name=f"{name}_merge_layer_3")(x)


def _skip(x, filters, name):
    """An encoder's map with the channels of the decoder, each weighed by what the global mean says of it."""
    y = blocks.grouped(x, filters, 3, math.gcd(x.shape[-1], filters), f"{name}_expansion_layer_conv")
    y = _bn_act(y, f"{name}_expansion_layer")
    gate = blocks.conv(blocks.global_mean(x, f"{name}_mean"), filters, 1, f"{name}_wt_layer_1")
    gate = layers.Activation("sigmoid", name=f"{name}_gate")(gate)
    return layers.Multiply(name=f"{name}_scale")([y, gate])
