"""MobileNetV3-small with LR-ASPP, the fastest row beside SINet in its Table 3.

Howard et al., "Searching for MobileNetV3", ICCV 2019. SINet prints 0.458 M parameters and 0.066 G without code; this
form (of about fifteen) meets both, 458,382 and 0.0657 GMAC at 224: squeezing to a quarter, the first block's expansion
kept, no bias in the gate, the skip from a block's output, half the channels at the end.
"""

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import HardSwish

EPSILON = 1e-3
RENAMED, UNUSED = (), None
# (expanded, out, kernel, stride, dilation, squeezed, hard swish): the paper's Table 2, the end at half the channels.
BLOCKS = (
    (16, 16, 3, 2, 1, True, False),
    (72, 24, 3, 2, 1, False, False),
    (88, 24, 3, 1, 1, False, False),
    (96, 40, 5, 2, 1, True, True),
    (240, 40, 5, 1, 1, True, True),
    (240, 40, 5, 1, 1, True, True),
    (120, 48, 5, 1, 1, True, True),
    (144, 48, 5, 1, 1, True, True),
    (144, 48, 5, 1, 1, True, True),
    (288, 48, 5, 1, 2, True, True),
    (288, 48, 5, 1, 2, True, True),
)
SKIP = 2  # the block whose output at an eighth of the size the head sees


def mobilenetv3(size=224, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 16; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("mobilenetv3", size, classes, 16, 32)
    x = _conv_bn(image, 16, 3, "stem", "hard swish", 2)
    for index, row in enumerate(BLOCKS):
        x = _block(x, *row, f"blocks_{index}")
        if index == SKIP:
            skip = x
    x = _conv_bn(x, 288, 1, "last", "hard swish")
    gate = _hard_sigmoid(blocks.conv(blocks.global_mean(x, "gate_mean"), 128, 1, "gate"), "gate_sigmoid")
    x = layers.Multiply(name="aspp_scale")([_conv_bn(x, 128, 1, "aspp", "relu", epsilon=blocks.EPSILON), gate])
    x = blocks.resize(blocks.conv(x, classes, 1, "head", bias=True), 2, "head_up")
    x = blocks.add([x, blocks.conv(skip, classes, 1, "skip", bias=True)], "head_add")
    return blocks.network(image, blocks.resize(x, 8, "mask"), "mobilenetv3")


def _hard_sigmoid(x, name):
    return layers.Activation("hard_sigmoid", name=name)(x)


def _activate(x, kind, name):
    return HardSwish(name=name)(x) if kind == "hard swish" else blocks.relu(x, name)


def _conv_bn(x, filters, kernel, name, activation=None, stride=1, epsilon=EPSILON):
    x = blocks.batch_norm(blocks.conv(x, filters, kernel, f"{name}_0", stride), f"{name}_1", epsilon)
    return _activate(x, activation, f"{name}_2") if activation else x


def _block(x, expanded, filters, kernel, stride, dilation, squeezed, hard, name):
    """Expand, filter depthwise, gate the channels, project; a residual where the shapes match."""
    kind = "hard swish" if hard else "relu"
    y = _conv_bn(x, expanded, 1, f"{name}_expand", kind)
    y = blocks.batch_norm(blocks.depthwise(y, kernel, f"{name}_dw_0", stride, dilation), f"{name}_dw_1", EPSILON)
    y = _activate(y, kind, f"{name}_dw_2")
    if squeezed:
        gate = blocks.conv(blocks.global_mean(y, f"{name}_se_mean"), expanded // 4, 1, f"{name}_se_a", bias=True)
        gate = blocks.conv(blocks.relu(gate, f"{name}_se_relu"), expanded, 1, f"{name}_se_b", bias=True)
        y = layers.Multiply(name=f"{name}_se_scale")([y, _hard_sigmoid(gate, f"{name}_se_gate")])
    y = _conv_bn(y, filters, 1, f"{name}_project")
    return blocks.add([x, y], f"{name}_add") if stride == 1 and x.shape[-1] == filters else y
