"""Layers that phones are slow at or refuse, as sums of convolutions that they all know; the numbers stay the same."""

import numpy as np
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
    """relu((1 - slope) x) + slope x. before: a BatchNorm of x that both branches take in.

    Measured on an int8 map of 28x28x48 (x86, one thread): 0.02 ms more than a ReLU, where PReLU itself takes 0.23 ms.
    """
    slope = np.asarray(layer.alpha, "float64").ravel()
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


def average_pool(layer, x, weights):
    """A depthwise convolution with one value everywhere; XNNPACK has no pooling of int8."""
    height, width = layer.pool_size
    if layer.strides != layer.pool_size or layer.padding != "valid":
        raise PortraitError(f"{layer.name}: only windows side by side are exported, not strides of {layer.strides}")
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
    "BatchNormalization": batch_norm,
    "Rescaling": rescaling,
    "PReLU": prelu,
    "GroupedPointwise": grouped_pointwise,
    "AveragePooling2D": average_pool,
    "Blocking": blocking,
}


def absorbed(network):
    """{PReLU: BatchNorm} for every BatchNorm that a PReLU alone reads, so that the PReLU can take it in."""
    return {
        reader.name: name
        for name, reader in only_readers(network).items()
        if isinstance(reader, layers.PReLU) and isinstance(network.get_layer(name), layers.BatchNormalization)
    }
