"""SINet: spatial squeeze modules in the encoder, information blocking in the decoder.

Park et al., "SINet: Extreme Lightweight Portrait Segmentation Networks with Spatial Squeeze Modules and Information
Blocking Decoder", WACV 2020. 86,910 trainable parameters; 0.064 GMAC at 224.
"""

import keras
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.models.checks import check_choice, check_classes, check_size
from tf_portrait.models.sinet_blocks import Blocking, Blocks
from tf_portrait.models.sinet_cityscapes import sinet_cityscapes

# (kernel, pool) of the two blocks of each module: rows 3-4 and 6-13 of Table 2.
STAGE2 = (((3, 1), (5, 1)), ((3, 1), (3, 1)))
STAGE3 = (
    ((3, 1), (5, 1)),
    ((3, 1), (3, 1)),
    ((5, 1), (3, 2)),
    ((5, 2), (3, 4)),
    ((3, 1), (3, 1)),
    ((5, 1), (5, 1)),
    ((3, 2), (3, 4)),
    ((3, 1), (5, 2)),
)
DECODERS = ("normal", "reversed", "none", "gau")
PRESETS = ("mobile", "authors")


def sinet(
    size=224, preset="mobile", decoder="normal", stage="full", classes=2, widths="portrait", kernel=None, pool=None
):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 32; None leaves both open (not for "authors"). preset: "mobile" (ours:
    TensorFlow's padding, bilinear at pixel centers, no channel shuffle, which the next dense layer can absorb, slopes
    of at most 1) or "authors" (PyTorch's padding, aligned corners, shuffle: their weights fit). decoder: what the
    high-resolution features are multiplied with, "normal" 1 - confidence of the low ones, "reversed" the confidence,
    "none" nothing, "gau" a gate for each class from their global mean (Table 4; the last has no public code). stage:
    "full", or "encoder" for the first training stage. classes: of the logits.
    widths: "cityscapes" for the network of Table 7, see sinet_cityscapes. kernel, pool: of every S2-block in place of
    the mixed ones (Table 5).
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}; at a stage of "encoder"
    (B, H / 8, W / 8, classes). Raises PortraitError for a value outside these.
    """
    _check(size, preset, decoder, stage, classes, widths, kernel, pool)
    if widths == "cityscapes":
        return sinet_cityscapes(size, classes, preset, stage)
    build = Blocks(preset == "authors")
    stage2, stage3 = ([_same(module, kernel, pool) for module in modules] for modules in (STAGE2, STAGE3))
    image = keras.Input((size, size, 3), name="image")
    x = build.conv_bn(image, 12, 3, "stem", stride=2)
    low = x = build.separable(x, 16, 1, "stage2_down")
    for index, blocks in enumerate(stage2):
        x = build.s2_module(x, 48, blocks, f"stage2_{index + 1}")
    high = x
    x = build.bn_prelu(layers.Concatenate(name="stage2_concat")([low, x]), "stage2_out")
    low = x = build.separable(x, 48, 2, "stage3_down")
    for index, blocks in enumerate(stage3):
        x = build.s2_module(x, 96, blocks, f"stage3_{index + 1}")
    x = build.bn_prelu(layers.Concatenate(name="stage3_concat")([low, x]), "stage3_out")
    if stage == "encoder":
        return keras.Model(image, {"mask": build.conv(x, classes, 1, "classifier")}, name="sinet_encoder")
    x = build.conv(x, classes, 1, "classifier")
    x = build.bn(build.up(x, "decoder_up1"), "decoder_bn1")
    detail = build.conv_bn(high, classes, 1, "decoder_detail")
    if decoder != "none":
        gate = _attention(x, build) if decoder == "gau" else Blocking(decoder == "reversed", name="blocking")(x)
        detail = layers.Multiply(name="decoder_block")([detail, gate])
    x = layers.Add(name="decoder_add")([x, detail])
    x = build.up(build.bn(build.up(x, "decoder_up2"), "decoder_bn2"), "decoder_up3")
    return keras.Model(image, {"mask": build.conv(x, classes, 3, "mask")}, name="sinet")


def _same(module, kernel, pool):
    return [(kernel or own_kernel, pool or own_pool) for own_kernel, own_pool in module]


def _attention(x, build):
    """Global attention upsample (Li et al. 2018), as we read Table 4: ReLU(BN(1x1)) of the low logits' global mean."""
    x = layers.GlobalAveragePooling2D(keepdims=True, name="gau_mean")(x)
    return layers.ReLU(name="gau_relu")(build.bn(build.conv(x, x.shape[-1], 1, "gau_conv"), "gau_bn"))


def _check(size, preset, decoder, stage, classes, widths, kernel, pool):
    check_choice("sinet", "preset", preset, PRESETS)
    check_size("sinet", size, 32, may_be_open=preset != "authors")
    check_choice("sinet", "decoder", decoder, DECODERS)
    check_choice("sinet", "stage", stage, ("full", "encoder"))
    check_choice("sinet", "widths", widths, ("portrait", "cityscapes"))
    check_choice("sinet", "kernel", kernel, (None, 3, 5))
    check_choice("sinet", "pool", pool, (None, 1, 2, 4))
    check_classes("sinet", classes)
    if widths == "cityscapes" and (decoder != "normal" or kernel or pool):
        raise PortraitError("sinet: decoder, kernel and pool are the portrait network's; leave widths='cityscapes' out")
