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
    "AlignedUpsampling", "Shuffle", "Blocking", "AlignedResize", "AdaptivePooling", "PaddedMaxPooling", "MaxUnpooling",
    "PadChannels", "Spread", "HardSwish", "PortraitPrior", "Cropping2D", "Dropout", "SpatialDropout2D",
)  # fmt: skip


def count(model):
    """Rows {"layer", "kind", "output", "values", "parameters", "trainable", "macs"} of a functional model with a size.

    Raises PortraitError for an open size, or a kind of layer that nobody has said how to count.
    """
    if None in model.input_shape[1:]:
        raise PortraitError(f"{model.name}: build it with a size to count its operations")
    return [_row(layer) for layer in layers_of(model)]


def totals(rows):
    """{"parameters", "trainable", "macs"} of all rows."""
    return {key: sum(row[key] for row in rows) for key in ("parameters", "trainable", "macs")}


def flops_of_papers(model):
    """What the papers would print as FLOPs: {"portraitnet", "elb", "sinet"}, each by its own rule.

    PortraitNet: MACs, of a transposed convolution at its output, 2 for each value of a BatchNorm, 1 of a ReLU or PReLU.
    ELB: MACs, as `count`. SINet: MACs of convolutions, half of each bias; no transposed ones.
    """
    rows, flops = count(model), {"portraitnet": 0, "elb": 0, "sinet": 0}
    for row in rows:
        layer, values = model.get_layer(row["layer"]), row["values"]
        flops["elb"] += row["macs"]
        if row["kind"] == "Conv2DTranspose":
            flops["portraitnet"] += math.prod(row["output"][:2]) * math.prod(layer.kernel.shape)
        else:
            flops["portraitnet"] += (
                row["macs"] + {"BatchNormalization": 2, "ReLU": 1, "PReLU": 1}.get(row["kind"], 0) * values
            )
            flops["sinet"] += row["macs"] + (values / 2 if getattr(layer, "use_bias", False) else 0)
    return flops


def _row(layer):
    # A layer that is used several times (ENet's shared slopes) has outputs of different sizes.
    kind, uses = type(layer).__name__, layer._inbound_nodes
    shape = tuple(uses[0].outputs[0].shape[1:])
    return {
        "layer": layer.name,
        "kind": kind,
        "output": shape,
        "values": sum(math.prod(use.outputs[0].shape[1:]) for use in uses),
        "parameters": sum(math.prod(weight.shape) for weight in layer.weights),
        "trainable": sum(math.prod(weight.shape) for weight in layer.trainable_weights),
        "macs": _macs(layer, kind, shape),
    }


def _macs(layer, kind, shape):
    if kind in FREE:
        return 0
    kernel = math.prod(layer.kernel.shape) if hasattr(layer, "kernel") else 0
    if kind in ("Conv2D", "DepthwiseConv2D", "GroupedPointwise", "GroupedConv2D"):
        return math.prod(shape[:2]) * kernel
    if kind == "Conv2DTranspose":  # each input pixel meets the whole kernel
        return math.prod(layer.input.shape[1:3]) * kernel
    if kind == "Dense":
        return kernel
    raise PortraitError(f"{layer.name}: nobody has said how to count a {kind} layer; add it to counting.py")
