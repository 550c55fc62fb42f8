"""Blocks of the encoder and the decoders; each takes and returns a Keras tensor (B, H, W, C)."""

import dataclasses

from keras import layers

BN_MOMENTUM = 0.9


@dataclasses.dataclass(frozen=True)
class Style:
    """What every block of a network shares.

    activation: "relu" | "relu6".
    padding: stride-2 convolutions pad as TensorFlow does ("same") or one pixel on every side ("symmetric", PyTorch).
    epsilon: of BatchNorm.
    """

    activation: str = "relu6"
    padding: str = "same"
    epsilon: float = 1e-3


def batch_norm(x, name, style):
    return layers.BatchNormalization(momentum=BN_MOMENTUM, epsilon=style.epsilon, name=name)(x)


def activate(x, name, style):
    return layers.ReLU(max_value=6.0 if style.activation == "relu6" else None, name=name)(x)


def _pad(x, stride, name, style):
    """Returns the tensor and the padding mode for a 3x3 convolution of this stride."""
    if stride == 2 and style.padding == "symmetric":
        return layers.ZeroPadding2D(1, name=f"{name}_pad")(x), "valid"
    return x, "same"


def conv_bn(x, filters, kernel, name, style, stride=1, activation=True):
    """Convolution, BatchNorm and, if asked, the activation."""
    x, padding = _pad(x, stride, name, style)
    x = layers.Conv2D(
        filters, kernel, stride, padding, use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
    x = batch_norm(x, f"{name}_bn", style)
    return activate(x, f"{name}_relu", style) if activation else x


def channel_gate(x, name, squeeze=0):
    """What the global mean says of each channel, 0..1, (B, 1, 1, C); through `squeeze` channels if asked."""
    gate, channels = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_pool")(x), x.shape[-1]
    if squeeze:
        gate = layers.ReLU(name=f"{name}_squeeze_relu")(layers.Conv2D(squeeze, 1, name=f"{name}_squeeze")(gate))
    return layers.Activation("sigmoid", name=f"{name}_gate")(layers.Conv2D(channels, 1, name=f"{name}_weight")(gate))


def feature_fusion(x, squeeze):
    """BiSeNet's feature fusion behind its convolution: channels weighed by their gate, and added."""
    gate = channel_gate(x, "fusion", squeeze)
    return layers.Add(name="fusion_add")([x, layers.Multiply(name="fusion_scale")([x, gate])])


def depthwise_bn(x, name, style, stride=1):
    """Depthwise 3x3 convolution, BatchNorm, activation."""
    x, padding = _pad(x, stride, name, style)
    x = layers.DepthwiseConv2D(
        3, stride, padding, use_bias=False, depthwise_initializer="he_normal", name=f"{name}_conv"
    )(x)
    return activate(batch_norm(x, f"{name}_bn", style), f"{name}_relu", style)


def inverted_residual(x, filters, stride, expansion, name, style, expand_first=False):
    """MobileNetV2's block: expand, filter depthwise, project; residual where the shapes match.

    expand_first keeps the 1x1 expansion of a block with expansion 1, as PortraitNet's authors do.
    """
    channels = x.shape[-1]
    y = x
    if expansion > 1 or expand_first:
        y = conv_bn(y, channels * expansion, 1, f"{name}_expand", style)
    y = depthwise_bn(y, f"{name}_depthwise", style, stride)
    y = conv_bn(y, filters, 1, f"{name}_project", style, activation=False)
    return layers.Add(name=f"{name}_add")([x, y]) if stride == 1 and channels == filters else y


def d_block(x, filters, name, style):
    """PortraitNet's transition: two depthwise-separable convolutions beside a 1x1 shortcut (section 3.1)."""
    y = depthwise_bn(x, f"{name}_depthwise1", style)
    y = conv_bn(y, filters, 1, f"{name}_pointwise1", style)
    y = depthwise_bn(y, f"{name}_depthwise2", style)
    y = conv_bn(y, filters, 1, f"{name}_pointwise2", style, activation=False)
    shortcut = x
    if x.shape[-1] != filters:
        shortcut = conv_bn(x, filters, 1, f"{name}_shortcut", style, activation=False)
    return activate(layers.Add(name=f"{name}_add")([y, shortcut]), f"{name}_relu", style)
