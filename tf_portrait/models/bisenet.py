"""BiSeNet with ResNet-18, the baseline of all four papers; with PortraitNet's boundary head it is their BiSeNet+.

Yu et al., "BiSeNet: Bilateral Segmentation Network for Real-time Semantic Segmentation", ECCV 2018. The widths behind
ResNet-18 differ from one implementation to the next; ours give 12.5 M parameters (printed: 12.4 in PortraitNet's
Table 6, 12.8 in ELB's), and a 2x2 max-pool follows the stem where ResNet has 3x3.
"""

import keras
from keras import layers

from tf_portrait.models.blocks import Style, channel_gate, conv_bn, feature_fusion
from tf_portrait.models.checks import check_size

STYLE = Style(activation="relu")


def bisenet(size=224):
    """The network, from normalized image to two pairs of logits.

    size: height and width, a multiple of 32; None leaves both open.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, 2), "boundary": (B, H, W, 2)}.
    Raises PortraitError for a size that does not fit.
    """
    check_size("bisenet", size, 32, least=64)
    image = keras.Input((size, size, 3), name="image")
    context = _context_path(image)
    x = layers.Concatenate(name="fusion_concat")([_spatial_path(image), context])
    x = feature_fusion(conv_bn(x, 256, 1, "fusion", STYLE), 64)
    x = conv_bn(x, 64, 3, "head", STYLE)
    outputs = {}
    for name in ("mask", "boundary"):
        logits = layers.Conv2D(2, 1, name=f"{name}_classifier")(x)
        outputs[name] = layers.UpSampling2D(8, interpolation="bilinear", name=name)(logits)
    return keras.Model(image, outputs, name="bisenet")


def _spatial_path(image):
    """Three convolutions to stride 8, so that details survive."""
    x = conv_bn(image, 64, 7, "spatial1", STYLE, 2)
    x = conv_bn(x, 64, 3, "spatial2", STYLE, 2)
    x = conv_bn(x, 64, 3, "spatial3", STYLE, 2)
    return conv_bn(x, 128, 1, "spatial4", STYLE)


def _context_path(image):
    """ResNet-18, its strides 16 and 32 refined by attention, the global mean on top; at stride 8."""
    x = conv_bn(image, 64, 7, "stem", STYLE, 2)
    x = layers.MaxPooling2D(2, name="stem_pool")(x)
    features = []
    for stage, filters in enumerate((64, 128, 256, 512), 1):
        for block in (1, 2):
            x = _basic_block(x, filters, 2 if stage > 1 and block == 1 else 1, f"stage{stage}_{block}")
        features.append(x)
    x = layers.GlobalAveragePooling2D(keepdims=True, name="tail_pool")(features[3])
    tail = layers.ReLU(name="tail_relu")(layers.Conv2D(128, 1, name="tail")(x))
    x = layers.Add(name="refine32_add")([_refinement(features[3], "refine32"), tail])
    x = layers.UpSampling2D(2, interpolation="bilinear", name="refine32_up")(x)
    x = layers.Add(name="refine16_add")([_refinement(features[2], "refine16"), x])
    return layers.UpSampling2D(2, interpolation="bilinear", name="refine16_up")(x)


def _basic_block(x, filters, stride, name):
    y = conv_bn(x, filters, 3, f"{name}_first", STYLE, stride)
    y = conv_bn(y, filters, 3, f"{name}_second", STYLE, activation=False)
    if stride > 1:
        x = conv_bn(x, filters, 1, f"{name}_shortcut", STYLE, stride, activation=False)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))


def _refinement(x, name):
    """Attention refinement: each channel weighed by what the global mean says of it."""
    x = conv_bn(x, 128, 3, name, STYLE)
    return layers.Multiply(name=f"{name}_scale")([x, channel_gate(x, name)])
