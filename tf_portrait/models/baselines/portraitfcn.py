"""PortraitFCN+: FCN-8s on VGG-16 that sees where a portrait usually is.

Shen et al., "Automatic Portrait Segmentation for Image Stylization", Eurographics 2016, as PortraitNet's authors built
it: 134,273,158 parameters (printed: 134.27 M), 62.98 GMAC at 224 (62.89).
"""

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import PortraitPrior
from tf_portrait.models.checks import check_choice

RENAMED, UNUSED = (), None
GROUPS = (("1", 64, 2), ("2", 128, 2), ("3", 256, 3), ("4", 512, 3), ("5", 512, 3))
PAD = 100  # of the first convolution, so that the last one, 7x7, has room


def portraitfcn(size=224, channels=3, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 32. channels: 3, where the network adds positions and a mean mask of an
    upright portrait in the middle itself (the paper moves them to the face that a tracker finds), or 6, where the
    input brings them: B, G, R, x, y, mean mask. classes: of the logits.
    Returns a functional model: normalized (B, H, W, channels) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    check_choice("portraitfcn", "channels", channels, (3, 6))
    image = blocks.image_input("portraitfcn", size, classes, 32, 64, channels, may_be_open=False)
    x = image if channels == 6 else PortraitPrior(name="prior")(image)
    x = layers.ZeroPadding2D(PAD - 1, name="pad")(x)
    pooled = {}
    for group, filters, count in GROUPS:
        for index in range(1, count + 1):
            x = blocks.conv(x, filters, 3, f"conv{group}_{index}", bias=True)
            x = blocks.relu(x, f"relu{group}_{index}")
        x = pooled[group] = layers.MaxPooling2D(2, 2, "same", name=f"pool{group}")(x)  # rounds up, as Caffe
    for name, kernel in (("fc6", 7), ("fc7", 1)):
        x = layers.Conv2D(4096, kernel, kernel_initializer="he_normal", name=name)(x)
        x = layers.SpatialDropout2D(0.5, name=f"{name}_dropout")(blocks.relu(x, f"{name}_relu"))
    x = blocks.conv(x, classes, 1, "score_fr", bias=True)
    x = _up(x, 4, 2, "upscore2")
    x = _add_score(x, pooled["4"], 5, "score_pool4")
    x = _up(x, 4, 2, "upscore_pool4")
    x = _add_score(x, pooled["3"], 9, "score_pool3")
    x = _up(x, 16, 8, "upscore8")
    return blocks.network(image, _crop(x, size, 31, "mask"), "portraitfcn")


def _up(x, kernel, stride, name):
    return layers.Conv2DTranspose(x.shape[-1], kernel, stride, use_bias=False, name=name)(x)


def _crop(x, size, first, name):
    rest = x.shape[1] - first - size
    return layers.Cropping2D(((first, rest), (first, rest)), name=name)(x)


def _add_score(x, pooled, first, name):
    score = blocks.conv(pooled, x.shape[-1], 1, name, bias=True)
    return blocks.add([x, _crop(score, x.shape[1], first, f"{name}_crop")], f"{name}_add")
