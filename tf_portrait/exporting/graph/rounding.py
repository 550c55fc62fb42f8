"""Rounding that keeps what a depthwise filter says of a flat area.

Folded BatchNorms leave filters that are differences: taps of +-50 that add up to nearly nothing. Rounded each for
itself they no longer cancel, and every evenly lit area answers. So the error of each tap is handed on to the next, from
the largest to the smallest: error diffusion.
"""

import keras
import numpy as np


def halved(deployed, smallest=0):
    """A copy of a deployed model with float16 values in its kernels, so that float16 files store them as they are.

    smallest: kernels of fewer weights stay as they are.
    """

    def grid_of(layer, kernel):
        return to_half if kernel.size >= smallest else lambda values: values

    return rounded(deployed, grid_of)


def rounded(deployed, grid_of):
    """A copy of a deployed model with all kernels on a grid.

    grid_of: function of (layer, kernel) that returns the function to the nearest values of that kernel's grid; for a
    depthwise kernel that works on taps (C,), else on the kernel's shape.
    """
    copy = keras.models.clone_model(deployed)
    for layer in copy.layers:
        if layer.weights:
            kernel, *bias = deployed.get_layer(layer.name).get_weights()
            layer.set_weights([round_kernel(layer, kernel, grid_of(layer, kernel)), *bias])
    return copy


def round_kernel(layer, kernel, nearest):
    """A layer's kernel on a grid, with the sums of its filters if it is depthwise."""
    if type(layer).__name__ == "DepthwiseConv2D":
        return round_keeping_sums(kernel, nearest)
    return nearest(kernel)


def round_keeping_sums(kernel, nearest):
    """A depthwise kernel (h, w, C, 1) on a grid, with the sum of each filter kept as well as the grid allows."""
    taps = kernel.reshape(-1, kernel.shape[2]).astype("float64")
    result, carry, filters = np.empty_like(taps), np.zeros(taps.shape[1]), np.arange(taps.shape[1])
    for tap in np.argsort(-np.abs(taps), axis=0):
        wanted = taps[tap, filters] + carry
        result[tap, filters] = nearest(wanted)
        carry = wanted - result[tap, filters]
    return result.reshape(kernel.shape).astype("float32")


def to_half(values):
    """The nearest float16 values, in the type that came in."""
    return values.astype("float16").astype(values.dtype)
