"""Layers that phones are slow at or refuse, as sums of convolutions that they all know; the numbers stay the same."""

import numpy as np
import tensorflow as tf
from keras import layers, ops

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.walk import only_readers


def affine(batch_norm):
    """Factor and shift of a BatchNorm at inference, in float64."""
    gamma, beta, mean, variance = (np.asarray(value, "float64") for value in batch_norm.get_weights())
    factor = gamma / np.sqrt(variance + batch_norm.epsilon)
    return factor, beta - mean * factor


def _scaled(x, factor, shift, name, weights):
    """factor * x + shift for each channel."""
    weights[name] = [np.reshape(factor, (1, 1, -1, 1)), shift]
    return layers.DepthwiseConv2D(1, name=name)(x)


def batch_norm(layer, x, weights):
    """A BatchNorm behind no convolution: a factor and a shift."""
    return _scaled(x, *affine(layer), layer.name, weights)


def rescaling(layer, x, weights):
    """One factor and one shift for all channels."""
    ones = np.ones(x.shape[-1])
    return _scaled(x, layer.scale * ones, layer.offset * ones, layer.name, weights)


def prelu(layer, x, weights, before=None):
    """relu((1 - slope) x) + slope x, or LeakyReLU where one slope is for all. before: a BatchNorm of x to take in.

    Measured on an int8 map of 28x28x48 (x86, one thread): 0.02 ms more than a ReLU, where PReLU itself takes 0.23 ms.
    """
    slope = np.asarray(layer.alpha, "float64").ravel()
    if slope.size == 1:
        x = _scaled(x, *affine(before), before.name, weights) if before else x
        return layers.LeakyReLU(float(slope[0]), name=layer.name)(x)
    if slope.max() > 1:
        raise PortraitError(
            f"{layer.name}: a slope of {slope.max():.3g} cannot be exported, only 1 and below; train with AtMostOne"
        )
    factor, shift = affine(before) if before else (np.ones_like(slope), np.zeros_like(slope))
    above = _scaled(x, (1 - slope) * factor, (1 - slope) * shift, f"{layer.name}_above", weights)
    line = _scaled(x, slope * factor, slope * shift, f"{layer.name}_line", weights)
    return layers.Add(name=layer.name)([layers.ReLU(name=f"{layer.name}_relu")(above), line])


def grouped_pointwise(layer, x, weights):
    """A dense 1x1 convolution with zeros between the groups: one operation for five."""
    weights[layer.name] = [ops.convert_to_numpy(layer.dense_kernel())]
    return layers.Conv2D(layer.filters, 1, use_bias=False, name=layer.name)(x)


def grouped_conv(layer, x, weights):
    """Dense with zeros between the groups, or depthwise and a sum: whichever the layer computes itself."""
    options = {"strides": layer.strides, "dilation_rate": layer.dilation_rate, "use_bias": False}
    options["padding"] = "same" if layer.strides == 1 else "valid"
    if not layer.depthwise:
        weights[layer.name] = [ops.convert_to_numpy(layer.dense_kernel())]
        return layers.Conv2D(layer.filters, layer.kernel_size, **options, name=layer.name)(x)
    kernel, total = (ops.convert_to_numpy(kernel) for kernel in layer.depthwise_kernels())
    weights[f"{layer.name}_each"], weights[layer.name] = [kernel], [total]
    name = f"{layer.name}_each"
    x = layers.DepthwiseConv2D(layer.kernel_size, depth_multiplier=layer.multiplier, **options, name=name)(x)
    return layers.Conv2D(layer.filters, 1, use_bias=False, name=layer.name)(x)


class AlignedBilinear(layers.Layer):
    """Resizing with aligned corners as the one operation that files have for it."""

    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size

    def call(self, x):
        return tf.compat.v1.image.resize_bilinear(x, self.size, align_corners=True)

    def compute_output_shape(self, shape):
        return (shape[0], *self.size, shape[3])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def aligned_resize(layer, x, weights):
    return AlignedBilinear(layer.output.shape[1:3], name=layer.name)(x)


class Unpooling(layers.Layer):
    """MaxUnpooling over 2x2 by comparing and choosing alone, which int8 does exactly, and one rearrangement."""

    def call(self, inputs):
        left, x = inputs  # what no place of a window has taken yet
        largest, places = tf.nn.max_pool2d(x, 2, 2, "VALID"), []
        for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            here = tf.equal(x[:, row::2, column::2], largest)
            places.append(tf.where(here, left, tf.zeros_like(left)))
            left = tf.where(here, tf.zeros_like(left), left)
        return tf.nn.depth_to_space(tf.concat(places, -1), 2)

    def compute_output_shape(self, shapes):
        (batch, height, width, channels), _ = shapes
        return (batch, 2 * height, 2 * width, channels)


def max_unpool(layer, x, weights):
    return Unpooling(name=layer.name)(x)


def adaptive_pool(layer, x, weights):
    """Windows side by side are a pooling; uneven ones two products: each axis in turn is last and a 1x1 convolution."""
    strides = [old / new for old, new in zip(x.shape[1:3], layer.size, strict=True)]
    if not any(stride % 1 for stride in strides):
        sides = tuple(map(int, strides))
        return average_pool(layers.AveragePooling2D(sides, name=layer.name), x, weights)
    for axis, windows in zip(("rows", "columns"), layer.matrices, strict=True):
        name = f"{layer.name}_{axis}"
        weights[name] = [windows.T[None, None]]
        x = layers.Conv2D(len(windows), 1, use_bias=False, name=name)(layers.Permute((2, 3, 1), name=f"{name}_last")(x))
    return layers.Permute((2, 3, 1), name=layer.name)(x)


def add(layer, x, weights):
    """Sums of two, one after the other: int8 has a range for each."""
    total, *rest = x
    for index, part in enumerate(rest, 2):
        total = layers.Add(name=layer.name if index == len(x) else f"{layer.name}_{index}")([total, part])
    return total


def hard_swish(layer, x, weights):
    """x/6 times relu6(x + 3): XNNPACK has no HARD_SWISH of int8, which the converter would make of it otherwise."""
    ones = np.ones(x.shape[-1])
    gate = layers.ReLU(6.0, name=f"{layer.name}_relu6")(_scaled(x, ones, 3 * ones, f"{layer.name}_shift", weights))
    sixth = _scaled(x, ones / 6, 0 * ones, f"{layer.name}_sixth", weights)
    return layers.Multiply(name=layer.name)([sixth, gate])


def dropped(layer, x, weights):
    """What only trains."""
    return x


def average_pool(layer, x, weights):
    """A depthwise convolution with one value everywhere; XNNPACK has no pooling of int8."""
    height, width = layer.pool_size
    if layer.padding != "valid":
        raise PortraitError(f"{layer.name}: a pooling with padding is not exported; pad in front of it")
    weights[layer.name] = [np.full((height, width, x.shape[-1], 1), 1 / (height * width))]
    return layers.DepthwiseConv2D((height, width), layer.strides, use_bias=False, name=layer.name)(x)


def blocking(layer, x, weights):
    """1 - max(softmax) of two classes is sigmoid(-|their difference|); the same map for each of the two channels."""
    if x.shape[-1] != 2:
        raise PortraitError(f"{layer.name}: networks of two classes are exported, this has {x.shape[-1]}")
    weights[f"{layer.name}_difference"] = [np.array([[1.0, -1.0], [-1.0, 1.0]])[None, None]]
    weights[f"{layer.name}_distance"] = [np.full((1, 1, 2, 2), 1.0 if layer.reverse else -1.0)]
    x = layers.ReLU(name=f"{layer.name}_relu")(layers.Conv2D(2, 1, use_bias=False, name=f"{layer.name}_difference")(x))
    x = layers.Conv2D(2, 1, use_bias=False, name=f"{layer.name}_distance")(x)
    return layers.Activation("sigmoid", name=layer.name)(x)


LOWERED = {
    "Add": add,
    "BatchNormalization": batch_norm,
    "Rescaling": rescaling,
    "PReLU": prelu,
    "GroupedPointwise": grouped_pointwise,
    "GroupedConv2D": grouped_conv,
    "AveragePooling2D": average_pool,
    "AdaptivePooling": adaptive_pool,
    "AlignedResize": aligned_resize,
    "AlignedUpsampling": aligned_resize,
    "HardSwish": hard_swish,
    "MaxUnpooling": max_unpool,
    "Dropout": dropped,
    "SpatialDropout2D": dropped,
    "Blocking": blocking,
}


def check_forms(network):
    """Raises PortraitError for what phones cannot compute in any form."""
    if any(type(layer).__name__ == "MaxUnpooling" and layer.pooling == 3 for layer in network.layers):
        raise PortraitError(
            f"{network.name}: un-pools overlapping 3x3 windows, of which two may name one pixel; phones have no form "
            f'of that: use tf_portrait.build("{network.name}", pooling=2), whose windows lie side by side'
        )


def absorbed(network):
    """{PReLU: BatchNorm} for every BatchNorm that a PReLU alone reads, so that the PReLU can take it in."""
    return {
        reader.name: name
        for name, reader in only_readers(network).items()
        if isinstance(reader, layers.PReLU) and isinstance(network.get_layer(name), layers.BatchNormalization)
    }
