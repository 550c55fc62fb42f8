"""BANet: a semantic branch, a boundary attention map drawn from it, and a branch that mines details where it looks.

Chen et al., "Boundary-aware Network for Fast and High-Accuracy Portrait Segmentation", 2019. The paper shows blocks and
widths in a figure alone. Ours: bottlenecks without a squeeze, 2, 3, 4 and 3 of them at strides 4 to 32, which gives
0.62 M parameters with at most 64 channels and 12.4 M with 512 (printed: 0.62 and 12.75); branches meet at stride 2.
"""

import keras
from keras import layers

from tf_portrait.models.blocks import Style, activate, batch_norm, conv_bn, feature_fusion
from tf_portrait.models.checks import check_choice, check_number, check_size

BLOCKS = (2, 3, 4, 3)
MINED = 16
STYLE = Style(activation="relu")


def banet(size=512, channels=64, temperature=1.0, attention=True):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 32; None leaves both open. channels: the most that a layer has, 64 or 512.
    temperature: T of the softened sigmoid. attention: False for the ablation whose mining branch reads the image alone.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": logits (B, H, W, 2)} and, with attention,
    "boundary": log-odds / T (B, H, W, 1). Raises PortraitError for a value outside these.
    """
    check_size("banet", size, 32, least=64)
    check_choice("banet", "channels", channels, (64, 512))
    check_number("banet", "temperature", temperature, 0.01, 100, "1.0 is a plain sigmoid")
    check_choice("banet", "attention", attention, (False, True))
    image = keras.Input((size, size, 3), name="image")
    semantic = _semantic(image, channels)
    mined = _conv(image, MINED, 3, "mining_image", 2)
    outputs = {}
    if attention:
        odds = layers.Conv2D(1, 1, name="attention")(semantic)
        odds = layers.UpSampling2D(4, interpolation="bilinear", name="attention_up")(odds)
        if temperature != 1:
            odds = layers.Rescaling(1 / temperature, name="attention_softened")(odds)
        outputs["boundary"] = odds
        # The convolution over image and map joined, as a sum: int8 need not bring both to one range.
        looked = _conv(layers.Activation("sigmoid", name="attention_map")(odds), MINED, 3, "mining_map", 2)
        mined = layers.Add(name="mining_add")([mined, looked])
    mined = activate(batch_norm(mined, "mining_bn", STYLE), "mining_relu", STYLE)
    semantic = layers.UpSampling2D(2, interpolation="bilinear", name="semantic_up")(semantic)
    x = layers.Concatenate(name="fusion_concat")([mined, semantic])
    x = feature_fusion(conv_bn(x, 64, 3, "fusion", STYLE), 64)
    x = layers.Conv2D(2, 3, padding="same", kernel_initializer="he_normal", name="classifier")(x)
    outputs["mask"] = layers.UpSampling2D(2, interpolation="bilinear", name="mask")(x)
    return keras.Model(image, outputs, name="banet")


def _semantic(image, most):
    """The FCN-4s: features at strides 4 to 32, enlarged and added step by step; (B, H / 4, W / 4, 64)."""
    x = conv_bn(image, 64, 3, "stem", STYLE, 2)
    x = layers.MaxPooling2D(2, name="stem_pool")(x)
    skips = []
    for stage, count in enumerate(BLOCKS, 1):
        for block in range(count):
            stride = 2 if stage > 1 and block == 0 else 1
            x = _bottleneck(x, min(most, 64 * 2 ** (stage - 1)), stride, f"stage{stage}_{block + 1}")
        skips.append(x)
    for stage in (3, 2, 1):
        skip = skips[stage - 1]
        if x.shape[-1] != skip.shape[-1]:
            x = _conv(x, skip.shape[-1], 1, f"top{stage}")
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"top{stage}_up")(x)
        x = layers.Add(name=f"top{stage}_add")([x, skip])
    return x


def _bottleneck(x, filters, stride, name):
    y = conv_bn(x, filters, 1, f"{name}_enter", STYLE)
    y = conv_bn(y, filters, 3, f"{name}_middle", STYLE, stride)
    y = conv_bn(y, filters, 1, f"{name}_leave", STYLE, activation=False)
    if stride > 1 or x.shape[-1] != filters:
        x = conv_bn(x, filters, 1, f"{name}_shortcut", STYLE, stride, activation=False)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))


def _conv(x, filters, kernel, name, stride=1):
    return layers.Conv2D(
        filters, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
