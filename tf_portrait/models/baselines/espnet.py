"""ESPNet: a 1x1 reduction, five dilated convolutions beside each other, their sums joined.

Mehta et al., "ESPNet: Efficient Spatial Pyramid of Dilated Convolutions for Semantic Segmentation", ECCV 2018. What
SINet's Table 3 calls ESPNet is the encoder with its logits enlarged: 344,841 trainable parameters, 0.328 GMAC at 224.
DS-ESPNet has no public code; our reading (separable dilated convolutions) has 107,754, at half the width 31,342, where
the paper prints 0.143 and 0.064 M.
"""

from tf_portrait.errors import PortraitError
from tf_portrait.models.baselines import blocks
from tf_portrait.models.checks import check_choice

EPSILON = 1e-3
RENAMED = ((r"^encoder\.", ""), (r"^level(\d)_0", r"level\1_down"), (r"^classifier$", "mask"))
UNUSED = None


def espnet(size=224, separable=False, width=1.0, decoder=False, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 8; None leaves both open. separable: dilated convolutions as depthwise and
    1x1, DS-ESPNet. width: 1.0, or 0.5 for half the channels behind the stem. decoder: the one of Cityscapes, with
    classes of 5 and more, in place of an enlarging by eight. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    image = blocks.image_input("espnet", size, classes, 8, 32)
    if decoder and classes < 5:
        raise PortraitError(f"espnet: classes={classes}: its decoder needs 5 or more; use decoder=False")
    check_choice("espnet", "width", width, (0.5, 1.0))
    half = blocks.zero_padded_mean(image, "half")
    quarter = blocks.zero_padded_mean(half, "quarter")
    x = _bn_act(blocks.conv(image, 16, 3, "level1_conv", 2), "level1")
    x = half = _bn_act(blocks.concat([x, half], "b1_concat"), "b1")
    x = down = _bn_act(_esp(x, int(64 * width), separable, "level2_down", 2), "level2_down")
    for index in range(2):
        x = _esp_block(x, separable, f"level2_{index}")
    x = fourth = _bn_act(blocks.concat([x, down, quarter], "b2_concat"), "b2")
    x = down = _bn_act(_esp(x, int(128 * width), separable, "level3_down", 2), "level3_down")
    for index in range(8):
        x = _esp_block(x, separable, f"level3_{index}")
    x = _bn_act(blocks.concat([down, x], "b3_concat"), "b3")
    x = blocks.conv(x, classes, 1, "classifier_conv")
    x = _decoder(x, fourth, half, separable) if decoder else blocks.resize(x, 8, "mask")
    return blocks.network(image, x, "espnet")


def _bn_act(x, name):
    return blocks.prelu(f"{name}_act")(blocks.batch_norm(x, f"{name}_bn", EPSILON))


def _dilated(x, filters, dilation, separable, name):
    if not separable:
        return blocks.conv(x, filters, 3, f"{name}_conv", 1, dilation)
    return blocks.conv(blocks.depthwise(x, 3, f"{name}_depthwise", 1, dilation), filters, 1, f"{name}_pointwise")


def _esp(x, filters, separable, name, stride=1):
    """Reduce, split into five dilations, add each to those before it (no gridding), join."""
    fifth = filters // 5
    x = blocks.conv(x, fifth, 3 if stride == 2 else 1, f"{name}_c1_conv", stride)
    joined = [_dilated(x, filters - 4 * fifth, 1, separable, f"{name}_d1")]
    for dilation in (2, 4, 8, 16):
        y = _dilated(x, fifth, dilation, separable, f"{name}_d{dilation}")
        joined.append(y if dilation == 2 else blocks.add([joined[-1], y], f"{name}_add{dilation}"))
    return blocks.concat(joined, f"{name}_concat")


def _esp_block(x, separable, name, filters=None):
    """With a residual, unless the channels become others."""
    y = _esp(x, filters or x.shape[-1], separable, name)
    return _bn_act(y if filters else blocks.add([x, y], f"{name}_add"), f"{name}_bn")


def _decoder(x, fourth, half, separable):
    """Logits enlarged by two, three times; at 1/4 and 1/2 they meet the encoder's maps."""
    classes = x.shape[-1]
    x = blocks.transposed(blocks.batch_norm(x, "br", EPSILON), classes, 2, "up_l3_0")
    x = blocks.concat([blocks.conv(fourth, classes, 1, "level3_C_conv"), x], "combine_l2_l3_concat")
    x = _esp_block(_bn_act(x, "combine_l2_l3_0"), separable, "combine_l2_l3_1", classes)
    x = _bn_act(blocks.transposed(x, classes, 2, "up_l2_0"), "up_l2_1")
    x = _bn_act(blocks.conv(blocks.concat([x, half], "conv_concat"), classes, 3, "conv_conv"), "conv")
    return blocks.transposed(x, classes, 2, "mask")
