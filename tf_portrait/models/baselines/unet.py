"""U-Net with bilinear up-sampling, the 13.40 M parameters of BANet's table.

Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015. 13,395,394 trainable
parameters, 123.7 GMAC at 512.
"""

from keras import layers

from tf_portrait.models.baselines import blocks

RENAMED = ((r"\.(mpconv\.1\.conv|conv\.conv)", ""), (r"^outc\.conv$", "mask"))
UNUSED = None


def unet(size=224, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 16; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("unet", size, classes, 16, 32)
    skips = [_double(image, 64, "inc")]
    for stage, filters in enumerate((128, 256, 512, 512), 1):
        x = layers.MaxPooling2D(2, name=f"down{stage}_pool")(skips[-1])
        skips.append(_double(x, filters, f"down{stage}"))
    x = skips.pop()
    for stage, filters in enumerate((256, 128, 64, 64), 1):
        x = blocks.resize(x, 2, f"up{stage}_up")
        x = _double(blocks.concat([skips.pop(), x], f"up{stage}_concat"), filters, f"up{stage}")
    return blocks.network(image, blocks.conv(x, classes, 1, "mask", bias=True), "unet")


def _double(x, filters, name):
    """3x3, BatchNorm, ReLU, twice."""
    for first in (0, 3):
        x = blocks.conv(x, filters, 3, f"{name}_{first}", bias=True)
        x = blocks.relu(blocks.batch_norm(x, f"{name}_{first + 1}"), f"{name}_{first + 2}")
    return x
