"""SINet's encoder for street scenes (Table 7): wider, deeper, depthwise filters factorized.

118,332 trainable parameters and 1.19 GMAC at 1024 x 2048, where the paper prints 0.12 M and 1.2 G. It gives some blocks
a pool of 0, which it does not explain; here they do not pool, as those of 1. How far its gates squeeze is not said
either; as in the portrait encoder, the first does not, the others by 2.
"""

import keras
from keras import layers

from tf_portrait.models.checks import check_classes, check_size
from tf_portrait.models.sinet_blocks import Blocks

# (channels, (kernel, pool), (kernel, pool)) of each module: rows 4-6 and 8-17.
STAGE2 = ((60, (3, 1), (5, 1)), (60, (3, 0), (3, 1)), (60, (3, 0), (3, 1)))
STAGE3 = (
    (84, (3, 1), (5, 1)),
    (84, (3, 0), (3, 1)),
    (84, (5, 1), (5, 4)),
    (84, (3, 2), (5, 8)),
    (108, (3, 1), (5, 1)),
    (108, (3, 1), (5, 1)),
    (108, (3, 0), (3, 1)),
    (108, (5, 1), (5, 8)),
    (108, (3, 2), (5, 4)),
    (108, (3, 0), (5, 2)),
)


def sinet_cityscapes(size=1024, classes=20):
    """The encoder of many classes, from normalized image to logits at a sixteenth of the size.

    size: height and width, a multiple of 128; None leaves both open (the paper: 1024 x 2048). classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H / 16, W / 16, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    check_size("sinet_cityscapes", size, 128)
    check_classes("sinet_cityscapes", classes)
    build = Blocks(authors=False, factorized=True)
    image = keras.Input((size, size, 3), name="image")
    x = build.conv_bn(image, 16, 3, "stem", stride=2)
    x = build.separable(x, classes, 1, "stage1_down")
    x = low = build.separable(x, 24, 2, "stage2_down")
    for index, (channels, *blocks) in enumerate(STAGE2, 1):
        x = build.s2_module(x, channels, blocks, f"stage2_{index}")
    x = build.bn_prelu(layers.Concatenate(name="stage2_concat")([low, x]), "stage2_out")
    x = low = build.separable(x, 60, 2, "stage3_down")
    for index, (channels, *blocks) in enumerate(STAGE3, 1):
        x = build.s2_module(x, channels, blocks, f"stage3_{index}")
    x = build.bn_prelu(layers.Concatenate(name="stage3_concat")([low, x]), "stage3_out")
    return keras.Model(image, {"mask": build.conv(x, classes, 1, "classifier")}, name="sinet_cityscapes")
