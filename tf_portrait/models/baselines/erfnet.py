"""ERFNet: residual blocks of two pairs of a column and a row, the second dilated.

Romera et al., "ERFNet: Efficient Residual Factorized ConvNet for Real-Time Semantic Segmentation", 2018. 2,063,086
trainable parameters, 13.23 GMAC at 512 (ELB prints 2.1 M and 13.4 G).
"""

from keras import layers

from tf_portrait.models.baselines import blocks

EPSILON = 1e-3
RENAMED = ((r"^decoder\.output_conv$", "mask"),)
UNUSED = r"^encoder\.output_conv\."  # the head of its first training stage


def erfnet(size=224, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 8; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("erfnet", size, classes, 8, 32)
    x = downsampler(image, 16, "encoder_initial_block", EPSILON)
    x = downsampler(x, 64, "encoder_layers_0", EPSILON)
    for index in range(1, 6):
        x = _non_bottleneck(x, 1, 0.03, f"encoder_layers_{index}")
    x = downsampler(x, 128, "encoder_layers_6", EPSILON)
    for index, dilation in enumerate((2, 4, 8, 16) * 2, 7):
        x = _non_bottleneck(x, dilation, 0.3, f"encoder_layers_{index}")
    for index, filters in ((0, 64), (3, 16)):
        x = _upsampler(x, filters, f"decoder_layers_{index}")
        for block in (1, 2):
            x = _non_bottleneck(x, 1, 0, f"decoder_layers_{index + block}")
    return blocks.network(image, blocks.transposed(x, classes, 2, "mask", bias=True), "erfnet")


def downsampler(x, filters, name, epsilon):
    """3x3 of stride 2 beside a pooling."""
    y = blocks.conv(x, filters - x.shape[-1], 3, f"{name}_conv", 2, bias=True)
    y = blocks.concat([y, layers.MaxPooling2D(2, name=f"{name}_pool")(x)], f"{name}_concat")
    return blocks.relu(blocks.batch_norm(y, f"{name}_bn", epsilon), f"{name}_relu")


def _upsampler(x, filters, name):
    x = blocks.batch_norm(blocks.transposed(x, filters, 3, f"{name}_conv", bias=True), f"{name}_bn", EPSILON)
    return blocks.relu(blocks.cropped(x, f"{name}_crop"), f"{name}_relu")


def _non_bottleneck(x, dilation, dropout, name):
    y = x
    for pair, rate in ((1, 1), (2, dilation)):
        y = blocks.conv(y, x.shape[-1], (3, 1), f"{name}_conv3x1_{pair}", 1, rate, bias=True)
        y = blocks.relu(y, f"{name}_relu3x1_{pair}")
        y = blocks.conv(y, x.shape[-1], (1, 3), f"{name}_conv1x3_{pair}", 1, rate, bias=True)
        y = blocks.batch_norm(y, f"{name}_bn{pair}", EPSILON)
        y = blocks.relu(y, f"{name}_relu1x3_{pair}") if pair == 1 else y
    if dropout:
        y = layers.SpatialDropout2D(dropout, name=f"{name}_dropout")(y)
    return blocks.relu(blocks.add([y, x], f"{name}_add"), f"{name}_relu")
