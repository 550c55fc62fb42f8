"""EDANet: dense blocks whose modules filter with a column and a row, dilated more and more.

Lo et al., "Efficient Dense Modules of Asymmetric Convolution for Real-Time Semantic Segmentation", 2018. 681,818
trainable parameters (BANet prints 0.68 M), 4.385 GMAC at 512.
"""

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.erfnet import downsampler

RENAMED, UNUSED = (), None
GROWTH = 40


def edanet(size=224, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 8; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("edanet", size, classes, 8, 32)
    x = downsampler(image, 15, "layers_0", blocks.EPSILON)
    x = downsampler(x, 60, "layers_1", blocks.EPSILON)
    for index, dilation in enumerate((1, 1, 1, 2, 2)):
        x = _module(x, dilation, f"layers_2_residual_dense_layers_{index}")
    x = blocks.conv(x, 130, 3, "layers_3_conv", 2, bias=True)
    x = blocks.relu(blocks.batch_norm(x, "layers_3_bn"), "layers_3_relu")
    for index, dilation in enumerate((2, 2, 4, 4, 8, 8, 16, 16)):
        x = _module(x, dilation, f"layers_4_residual_dense_layers_{index}")
    x = blocks.conv(x, classes, 1, "project_layer", bias=True)
    return blocks.network(image, blocks.resize(x, 8, "mask"), "edanet")


def _module(x, dilation, name):
    """1x1, a column and a row, both again with dilation; joined to what came in."""
    y = blocks.conv(x, GROWTH, 1, f"{name}_conv1x1", bias=True)
    y = blocks.relu(blocks.batch_norm(y, f"{name}_bn0"), f"{name}_relu0")
    for pair, rate in ((1, 1), (2, dilation)):
        y = blocks.conv(y, GROWTH, (3, 1), f"{name}_conv3x1_{pair}", 1, rate, bias=True)
        y = blocks.conv(y, GROWTH, (1, 3), f"{name}_conv1x3_{pair}", 1, rate, bias=True)
        y = blocks.relu(blocks.batch_norm(y, f"{name}_bn{pair}"), f"{name}_relu{pair}")
    y = layers.SpatialDropout2D(0.02, name=f"{name}_dropout")(y)
    return blocks.concat([y, x], f"{name}_concat")
