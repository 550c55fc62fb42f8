"""PortraitNet: MobileNetV2 encoder, D-block decoder, a mask head and a boundary head.

Zhang et al., "PortraitNet: Real-time Portrait Segmentation Network for Mobile Device", Computers & Graphics 2019.
"""

import keras
import numpy as np
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.models.blocks import Style, d_block
from tf_portrait.models.mobilenet_v2 import mobilenet_v2, scaled

# Where text and code of the paper disagree. "mobile" is ours: the encoder that ImageNet weights fit exactly,
# and no padding layers or transposed convolutions in the exported graph.
PRESETS = {
    "paper": {
        "upsample": "deconv",
        "fuse": "concat",
        "expand_first": False,
        "style": Style("relu6", "same", 1e-3),
    },
    "authors": {
        "upsample": "deconv",
        "fuse": "add",
        "expand_first": True,
        "style": Style("relu", "symmetric", 1e-5),
    },
    "mobile": {
        "upsample": "bilinear",
        "fuse": "add",
        "expand_first": False,
        "style": Style("relu6", "same", 1e-3),
    },
}


def portraitnet(size=224, preset="mobile", upsample=None, fuse=None, width=1.0, head_stride=1, prior=False):
    """The network of the paper, from normalized image to two pairs of logits.

    size: height and width, a multiple of 32; None leaves both open.
    preset: "paper", "authors" or "mobile" (PRESETS); upsample ("deconv" | "bilinear") and fuse ("add" | "concat")
    override what it says. width: multiplier of all channel counts. head_stride: 1, or (ours) 2 or 4, where the decoder
    ends and the heads' logits are enlarged. prior: a fourth input channel, the previous mask.
    Returns a functional model: normalized BGR (B, H, W, 3 or 4) -> {"mask": (B, H, W, 2), "boundary": (B, H, W, 2)}.
    Raises PortraitError for a value outside these.
    """
    settings = _settings(size, preset, upsample, fuse, width, head_stride)
    style = settings["style"]

    def channels(count):
        if preset == "authors":
            return max(min(count, 16), int(count * width))
        return scaled(count, width)

    image = keras.Input((size, size, 4 if prior else 3), name="image")
    skips = mobilenet_v2(image, channels, style, settings["expand_first"])
    x = skips[32]
    for stride, filters in ((16, 96), (8, 32), (4, 24), (2, 16), (1, 8)):
        if stride < head_stride:
            break
        x = d_block(x, channels(filters), f"decoder{stride}", style)
        x = _upsample(x, settings["upsample"], f"decoder{stride}_up")
        if stride in skips:
            x = _fuse(skips[stride], x, settings["fuse"], f"decoder{stride}_fuse")
    outputs = {head: _head(x, head, head_stride) for head in ("mask", "boundary")}
    model = keras.Model(image, outputs, name="portraitnet")
    _start_deconvolutions_bilinear(model)
    return model


def _settings(size, preset, upsample, fuse, width, head_stride):
    def check(name, value, good):
        if value not in good:
            raise PortraitError(f"portraitnet: {name}={value!r} is unknown; use one of {', '.join(map(repr, good))}")

    if size is not None and (not isinstance(size, int) or size < 32 or size % 32):
        raise PortraitError(f"portraitnet: size={size!r} does not fit its stride of 32; use 160, 192, 224, 256, ...")
    if not 0.1 <= width <= 4:
        raise PortraitError(f"portraitnet: width={width!r} is outside 0.1 to 4; 1.0 is the paper's")
    check("head_stride", head_stride, (1, 2, 4))
    check("preset", preset, tuple(PRESETS))
    settings = dict(PRESETS[preset])
    for name, value, good in (("upsample", upsample, ("deconv", "bilinear")), ("fuse", fuse, ("add", "concat"))):
        if value is not None:
            check(name, value, good)
            settings[name] = value
    return settings


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
