"""Parameters and multiply-accumulates of a network, layer by layer, from shapes alone.

MACs: one multiplication with its addition. What papers print as FLOPs is one or two of these; both are told.
"""

import math

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.walk import layers_of

# Layers whose arithmetic is not counted, as in the papers: additions, activations, pooling, resizing, normalization.
FREE = (
    "BatchNormalization", "ReLU", "PReLU", "Activation", "Softmax", "Rescaling", "Add", "Multiply", "Concatenate",
    "UpSampling2D", "ZeroPadding2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D",
    "AlignedUpsampling", "Shuffle", "Blocking",
)  # fmt: skip


def count(model):
    """Rows {"layer", "kind", "output", "parameters", "trainable", "macs"} of a functional model with a fixed size.

    Raises PortraitError for an open size, or a kind of layer that nobody has said how to count.
    """
    if None in model.input_shape[1:]:
        raise PortraitError(f"{model.name}: build it with a size to count its operations")
    return [_row(layer) for layer in layers_of(model)]


def totals(rows):
    """{"parameters", "trainable", "macs"} of all rows."""
    return {key: sum(row[key] for row in rows) for key in ("parameters", "trainable", "macs")}


def _row(layer):
    kind, shape = type(layer).__name__, tuple(layer.output.shape[1:])
    return {
        "layer": layer.name,
        "kind": kind,
        "output": shape,
        "parameters": sum(math.prod(weight.shape) for weight in layer.weights),
        "trainable": sum(math.prod(weight.shape) for weight in layer.trainable_weights),
        "macs": _macs(layer, kind, shape),
    }


def _macs(layer, kind, shape):
    if kind in FREE:
        return 0
    kernel = math.prod(layer.kernel.shape) if hasattr(layer, "kernel") else 0
    if kind in ("Conv2D", "DepthwiseConv2D", "GroupedPointwise"):
        return math.prod(shape[:2]) * kernel
    if kind == "Conv2DTranspose":  # each input pixel meets the whole kernel
        return math.prod(layer.input.shape[1:3]) * kernel
    if kind == "Dense":
        return kernel
    raise PortraitError(f"{layer.name}: nobody has said how to count a {kind} layer; add it to counting.py")
