"""The network of MediaPipe's selfie segmentation: a small MobileNetV3 and a decoder that weighs its skips.

Google publishes the trained file (Apache-2.0) and a model card, no code; the layers below are those of the file, whose
BatchNorms are folded. Without them it hardly trains from random weights: start from `selfie_segmentation.tflite`.
"""

import keras
from keras import layers

from tf_portrait.models.blocks import channel_gate
from tf_portrait.models.checks import check_choice, check_size
from tf_portrait.models.normalize import MEAN_BGR, SCALE

# Output stride, kernel, expanded and outgoing channels, channels of the squeeze (0: no gate), activation.
STAGES = (
    (4, 3, 16, 16, 8, "relu"),
    (8, 3, 72, 24, 0, "relu"),
    (8, 3, 88, 24, 0, "relu"),
    (16, 5, 96, 32, 24, "hard_swish"),
    (16, 5, 128, 32, 32, "hard_swish"),
    (16, 5, 128, 32, 32, "hard_swish"),
    (16, 5, 96, 32, 24, "hard_swish"),
    (16, 5, 96, 32, 24, "hard_swish"),
)
CONTEXT = 128  # channels of the head behind the encoder


def selfie(size=256, prior=False):
    """MediaPipe's selfie network, 106,401 parameters.

    size: height and width, a multiple of 16; None leaves both open. prior: a fourth input channel, the previous mask.
    Returns a functional model: normalized BGR (B, H, W, 3 or 4) -> {"mask": log-odds of a person (B, H, W, 1)}.
    Raises PortraitError for another size.
    """
    check_size("selfie", size, 16, least=32)
    check_choice("selfie", "prior", prior, (False, True))
    offsets = [*(mean / 255 for mean in MEAN_BGR), *([0.0] if prior else [])]
    image = keras.Input((size, size, len(offsets)), name="image")
    # To 0..1, where the file's padding with zeros is black.
    x = layers.Rescaling(1 / (255 * SCALE), offsets, name="unit")(image)
    x = _conv(x, 16, "stem", "hard_swish", kernel=3, stride=2)
    skips = {2: x}
    for number, (stride, *settings) in enumerate(STAGES, start=1):
        x = _bottleneck(x, 1 if stride in skips else 2, *settings, f"stage{number}")
        skips[stride] = x
    x = _context(x)
    for stride in (8, 4, 2):
        x = _decode(x, skips[stride], f"decoder{stride}")
    return keras.Model(image, {"mask": layers.Conv2DTranspose(1, 2, 2, "same", name="mask")(x)}, name="selfie")


def _conv(x, filters, name, activation=None, kernel=1, stride=1):
    x = layers.Conv2D(filters, kernel, stride, "same", name=name)(x)
    return _activate(x, activation, name) if activation else x


def _depthwise(x, kernel, stride, name, activation):
    x = layers.DepthwiseConv2D(kernel, stride, "same", name=name)(x)
    return _activate(x, activation, name)


def _activate(x, activation, name):
    if activation == "relu":
        return layers.ReLU(name=f"{name}_relu")(x)
    return layers.Activation(activation, name=f"{name}_{activation}")(x)


def _bottleneck(x, stride, kernel, expanded, filters, squeeze, activation, name):
    """MobileNetV3's block: expand, filter depthwise, weigh the channels, project."""
    y = _conv(x, expanded, f"{name}_expand", activation)
    y = _depthwise(y, kernel, stride, f"{name}_depthwise", activation)
    if squeeze:
        y = layers.Multiply(name=f"{name}_scale")([y, channel_gate(y, name, squeeze)])
    y = _conv(y, filters, f"{name}_project")
    return layers.Add(name=f"{name}_add")([y, x]) if stride == 1 and x.shape[-1] == filters else y


def _context(x):
    """Lite R-ASPP (Howard et al. 2019): what is where, weighed by what is in the photo."""
    y = _conv(x, CONTEXT, "context", "relu")
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="context_pool")(x)
    return layers.Multiply(name="context_scale")([y, _conv(gate, CONTEXT, "context_gate", "sigmoid")])


def _decode(x, skip, name):
    """Twice the size, and the skip's details, channel by channel as far as both together ask for them."""
    channels = skip.shape[-1]
    x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_up")(x)
    x = _conv(x, channels, f"{name}_reduce")
    gate = channel_gate(layers.Add(name=f"{name}_both")([skip, x]), name, channels)
    x = layers.Add(name=f"{name}_fuse")([layers.Multiply(name=f"{name}_scale")([skip, gate]), x])
    x = _conv(x, channels, f"{name}_pointwise", "relu")
    return layers.Add(name=f"{name}_add")([x, _depthwise(x, 3, 1, f"{name}_depthwise", "relu")])
