"""PortraitNet: MobileNetV2 encoder, D-block decoder, a mask head and a boundary head.

Zhang et al., "PortraitNet: Real-time Portrait Segmentation Network for Mobile Device", Computers & Graphics 2019.
"""

import keras
import numpy as np
from keras import layers

from tf_portrait.models.blocks import Style, d_block
from tf_portrait.models.checks import check_choice, check_number, check_size
from tf_portrait.models.mobilenet_v2 import mobilenet_v2, scaled


def _scaled_by_authors(count, width):
    return max(min(count, 16), int(count * width))


# Where text and code of the paper disagree. "mobile" is ours: the encoder that ImageNet weights fit exactly,
# and no padding layers or transposed convolutions in the exported graph. "phone" is it with heads at half size, which
# leaves a fifth to a third of its time out (benchmarks/structure.py).
PRESETS = {
    "paper": {
        "scaled": scaled,
        "upsample": "deconv",
        "fuse": "concat",
        "expand_first": False,
        "style": Style("relu6", "same", 1e-3),
    },
    "authors": {
        "scaled": _scaled_by_authors,
        "upsample": "deconv",
        "fuse": "add",
        "expand_first": True,
        "style": Style("relu", "symmetric", 1e-5),
    },
    "mobile": {
        "scaled": scaled,
        "upsample": "bilinear",
        "fuse": "add",
        "expand_first": False,
        "style": Style("relu6", "same", 1e-3),
    },
}
PRESETS["phone"] = {**PRESETS["mobile"], "head_stride": 2}


def portraitnet(size=224, preset="mobile", upsample=None, fuse=None, width=1.0, head_stride=None, prior=False):
    """The network of the paper, from normalized image to two pairs of logits.

    size: height and width, a multiple of 32; None leaves both open.
    preset: "paper", "authors", "mobile" or "phone" (PRESETS); upsample ("deconv" | "bilinear"), fuse ("add" |
    "concat") and head_stride (1, or, ours, 2 or 4, where the decoder ends and the heads' logits are enlarged) override
    what it says. width: multiplier of all channel counts. prior: a fourth input channel, the previous mask.
    Returns a functional model: normalized BGR (B, H, W, 3 or 4) -> {"mask": (B, H, W, 2), "boundary": (B, H, W, 2)}.
    Raises PortraitError for a value outside these.
    """
    check_size("portraitnet", size, 32)
    check_choice("portraitnet", "preset", preset, tuple(PRESETS))
    check_choice("portraitnet", "upsample", upsample, (None, "deconv", "bilinear"))
    check_choice("portraitnet", "fuse", fuse, (None, "add", "concat"))
    check_number("portraitnet", "width", width, 0.1, 4, "1.0 is the paper's")
    check_choice("portraitnet", "head_stride", head_stride, (None, 1, 2, 4))
    check_choice("portraitnet", "prior", prior, (False, True))
    settings = PRESETS[preset]
    style, upsample, fuse = settings["style"], upsample or settings["upsample"], fuse or settings["fuse"]
    head_stride = head_stride or settings.get("head_stride", 1)

    def channels(count):
        return settings["scaled"](count, width)

    image = keras.Input((size, size, 4 if prior else 3), name="image")
    skips = mobilenet_v2(image, channels, style, settings["expand_first"])
    x = skips[32]
    for stride, filters in ((16, 96), (8, 32), (4, 24), (2, 16), (1, 8)):
        if stride < head_stride:
            break
        x = d_block(x, channels(filters), f"decoder{stride}", style)
        x = _upsample(x, upsample, f"decoder{stride}_up")
        if stride in skips:
            x = _fuse(skips[stride], x, fuse, f"decoder{stride}_fuse")
    outputs = {head: _head(x, head, head_stride) for head in ("mask", "boundary")}
    model = keras.Model(image, outputs, name="portraitnet")
    _start_deconvolutions_bilinear(model)
    return model


def _upsample(x, how, name):
    if how == "bilinear":
        return layers.UpSampling2D(2, interpolation="bilinear", name=name)(x)
    return layers.Conv2DTranspose(x.shape[-1], 4, 2, "same", use_bias=False, name=name)(x)


def _fuse(skip, x, how, name):
    layer = layers.Add if how == "add" else layers.Concatenate
    return layer(name=name)([skip, x])


def _head(x, name, stride):
    classifier = name if stride == 1 else f"{name}_classifier"
    x = layers.Conv2D(2, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=classifier)(x)
    return x if stride == 1 else layers.UpSampling2D(stride, interpolation="bilinear", name=name)(x)


def _start_deconvolutions_bilinear(model):
    """Each channel starts as its own bilinear x2; the authors fill every pair, which makes all channels equal."""
    ramp = np.array([0.25, 0.75, 0.75, 0.25], "float32")
    for layer in model.layers:
        if isinstance(layer, layers.Conv2DTranspose):
            layer.kernel.assign(np.outer(ramp, ramp)[:, :, None, None] * np.eye(layer.filters, dtype="float32"))
