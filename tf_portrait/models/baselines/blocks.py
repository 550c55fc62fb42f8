"""What the baselines share: layers that pad as PyTorch does, (k - 1) / 2 times the dilation on every side."""

import keras
from keras import layers

from tf_portrait.models.baselines.layers import AlignedResize, GroupedConv2D, Spread
from tf_portrait.models.blocks import BN_MOMENTUM
from tf_portrait.models.checks import check_classes, check_size
from tf_portrait.models.sinet_blocks import AtMostOne

EPSILON = 1e-5  # PyTorch's default for BatchNorm


def image_input(network, size, classes, multiple, least=None, channels=3, may_be_open=True):
    """The input of a network, once its size is a multiple of its stride, from `least` on, and it has classes.

    Raises PortraitError for what the network cannot take.
    """
    check_classes(network, classes)
    check_size(network, size, multiple, least, may_be_open)
    return keras.Input((size, size, channels), name="image")


def _pad(x, kernel, stride, dilation, name):
    """The tensor and the padding mode; "same" pads as PyTorch at a stride of 1, and nothing at 2x2 / 2."""
    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    if stride == 1:
        return x, "same"
    sides = [(size - 1) // 2 * dilation for size in kernel]
    if any(sides):
        x = layers.ZeroPadding2D([(side, side) for side in sides], name=f"{name}_pad")(x)
    return x, "valid"


def conv(x, filters, kernel, name, stride=1, dilation=1, bias=False):
    x, padding = _pad(x, kernel, stride, dilation, name)
    return layers.Conv2D(
        filters,
        kernel,
        stride,
        padding,
        dilation_rate=dilation,
        use_bias=bias,
        kernel_initializer="he_normal",
        name=name,
    )(x)


def depthwise(x, kernel, name, stride=1, dilation=1):
    x, padding = _pad(x, kernel, stride, dilation, name)
    return layers.DepthwiseConv2D(
        kernel,
        stride,
        padding,
        dilation_rate=dilation,
        use_bias=False,
        depthwise_initializer="he_normal",
        name=name,
    )(x)


def grouped(x, filters, kernel, groups, name, stride=1, dilation=1):
    """A convolution in groups; with one channel each and for each it is a depthwise one."""
    if groups == 1:
        return conv(x, filters, kernel, name, stride, dilation)
    if groups == x.shape[-1] == filters:
        return depthwise(x, kernel, name, stride, dilation)
    x, _ = _pad(x, kernel, stride, dilation, name)
    return GroupedConv2D(filters, kernel, groups, stride, dilation, name=name)(x)


def transposed(x, filters, kernel, name, bias=False):
    """Transposed convolution by two: 2x2, or 3x3 one pixel larger than twice the size, see `cropped`."""
    return layers.Conv2DTranspose(filters, kernel, 2, "valid", use_bias=bias, name=name)(x)


def cropped(x, name):
    """What PyTorch keeps of a transposed 3x3 convolution with padding 1 and output padding 1."""
    return layers.Cropping2D(((1, 0), (1, 0)), name=name)(x)


def batch_norm(x, name, epsilon=EPSILON):
    return layers.BatchNormalization(momentum=BN_MOMENTUM, epsilon=epsilon, name=name)(x)


def prelu(name, one_slope=False):
    """A PReLU layer with a slope for each channel, or one for all."""
    axes = [1, 2, 3] if one_slope else [1, 2]
    start = keras.initializers.Constant(0.25)
    return layers.PReLU(start, alpha_constraint=AtMostOne(), shared_axes=axes, name=name)


def relu(x, name):
    return layers.ReLU(name=name)(x)


def conv_bn(x, filters, kernel, name, stride=1):
    """Convolution, BatchNorm, ReLU."""
    return relu(batch_norm(conv(x, filters, kernel, f"{name}_conv", stride), f"{name}_bn"), f"{name}_relu")


def depthwise_bn(x, name, stride=1, dilation=1):
    """Depthwise 3x3 convolution, BatchNorm, ReLU."""
    return relu(batch_norm(depthwise(x, 3, f"{name}_conv", stride, dilation), f"{name}_bn"), f"{name}_relu")


def inverted_residual(x, expansion, filters, stride, name):
    """MobileNetV2's block with ReLUs: 1x1 to more channels, depthwise, 1x1 to few; residual where nothing changes."""
    y = conv_bn(x, expansion * x.shape[-1], 1, f"{name}_expand")
    y = depthwise_bn(y, f"{name}_depthwise", stride)
    y = batch_norm(conv(y, filters, 1, f"{name}_project_conv"), f"{name}_project_bn")
    return add([x, y], f"{name}_add") if stride == 1 and x.shape[-1] == filters else y


def add(tensors, name):
    return layers.Add(name=name)(tensors)


def concat(tensors, name):
    return layers.Concatenate(name=name)(tensors)


def resize(x, factor, name, size=None):
    """Bilinear with aligned corners, by a factor or to a size."""
    return AlignedResize(None if size else factor, size, name=name)(x)


def zero_padded_mean(x, name):
    """Means of 3x3 windows, stride 2, the padding counted in."""
    x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
    return layers.AveragePooling2D(3, 2, name=name)(x)


def global_mean(x, name):
    return layers.GlobalAveragePooling2D(keepdims=True, name=name)(x)


def spread(mean, x, name):
    """A (B, 1, 1, C) at every pixel of x."""
    return Spread(name=name)([mean, x])


def network(image, logits, name):
    """The model of a baseline; `logits` come from a layer that is called mask."""
    return keras.Model(image, {"mask": logits}, name=name)
