"""Fast-SCNN: ContextNet's two paths with their first layers in common, pooled context, a light head.

Poudel et al., "Fast-SCNN: Fast Semantic Segmentation Network", BMVC 2019, Table 1: 1.11 M parameters for the 19 classes
of Cityscapes; 1,137,795 here. No paper of ours has it: it is for who wants a newer network beside theirs.
"""

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import AdaptivePooling

RENAMED, UNUSED = (), None
FEATURES = ((6, 64, 3, 2), (6, 96, 3, 2), (6, 128, 3, 1))  # expansion, channels, blocks, stride
PYRAMID = (1, 2, 3, 6)


def fastscnn(size=224, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 32. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    image = blocks.image_input("fastscnn", size, classes, 32, may_be_open=False)
    x = blocks.conv_bn(image, 32, 3, "down1", 2)
    x = details = _separable(_separable(x, 48, 2, "down2"), 64, 2, "down3")
    for stage, (expansion, filters, count, stride) in enumerate(FEATURES, 1):
        for block in range(count):
            x = blocks.inverted_residual(x, expansion, filters, 1 if block else stride, f"feature{stage}_{block}")
    x = blocks.resize(_pyramid(x, "pyramid"), 4, "fusion_up")
    x = blocks.depthwise_bn(x, "fusion_depthwise", dilation=4)
    x = blocks.batch_norm(blocks.conv(x, 128, 1, "fusion_low_conv"), "fusion_low_project")
    details = blocks.batch_norm(blocks.conv(details, 128, 1, "fusion_high_conv"), "fusion_high")
    x = blocks.relu(blocks.add([x, details], "fusion_add"), "fusion_relu")
    x = _separable(_separable(x, 128, 1, "head1"), 128, 1, "head2")
    x = blocks.conv(layers.Dropout(0.1, name="dropout")(x), classes, 1, "classifier", bias=True)
    return blocks.network(image, blocks.resize(x, 8, "mask"), "fastscnn")


def _separable(x, filters, stride, name):
    """Depthwise and 1x1 convolution, BatchNorm behind each, a ReLU behind the second."""
    x = blocks.batch_norm(blocks.depthwise(x, 3, f"{name}_depthwise", stride), f"{name}_depthwise_bn")
    return blocks.conv_bn(x, filters, 1, f"{name}_pointwise")


def _pyramid(x, name):
    """PSPNet's pooling: means over 1, 4, 9 and 36 parts of the map, joined to it."""
    joined, size = [x], x.shape[1:3]
    for parts in PYRAMID:
        y = AdaptivePooling((parts, parts), name=f"{name}{parts}_pool")(x)
        y = blocks.conv_bn(y, x.shape[-1] // 4, 1, f"{name}{parts}")
        joined.append(blocks.resize(y, None, f"{name}{parts}_up", size))
    return blocks.conv_bn(blocks.concat(joined, f"{name}_concat"), 128, 1, name)
