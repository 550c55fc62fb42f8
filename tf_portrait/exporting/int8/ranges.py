"""The range of every tensor that int8 stores, from what the float network shows on photos."""

import keras
import numpy as np
from keras import ops

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.deploy import HEAD
from tf_portrait.exporting.graph.walk import consumers, layers_of
from tf_portrait.exporting.int8.configs import PASS_THROUGH, RESIZED, has_range

SATURATED = 8.0  # logits beyond it are 0 or 255 in the file anyway: the 256 steps are kept for the rest


def calibrate(deployed, photos, keep_float=()):
    """{layer name: (low, high)} for every layer of a deployed model whose output int8 stores.

    photos: sequence of (1, S, S, 3), RGB 0..255. A range is the mean over the photos of their minima and maxima, which
    one odd photo does not stretch. keep_float: names of layers to leave out.
    Raises PortraitError without photos, for an unknown name or layer, or a range that is not finite or empty.
    """
    unknown = set(keep_float) - {layer.name for layer in layers_of(deployed)}
    if unknown:
        raise PortraitError(f"--keep-float {min(unknown)}: no such layer; --sensitivity lists them")
    readers = consumers(deployed)
    stored = [layer for layer in layers_of(deployed) if layer.name not in keep_float]
    stored = [layer for layer in stored if has_range(layer, readers[layer.name])]
    edges = [ops.stack([edge(layer.output) for layer in stored]) for edge in (ops.min, ops.max)]
    probe = keras.Model(deployed.input, ops.stack(edges))
    found = [probe.predict_on_batch(np.asarray(photo, "float32")) for photo in photos]
    if not found:
        raise PortraitError("no photo to calibrate the ranges on; give --data DIR")
    ranges = {
        layer.name: _checked(layer.name, float(low), float(high))
        for layer, low, high in zip(stored, *np.mean(found, axis=0), strict=True)
    }
    logits = _origin(deployed.get_layer(HEAD).output)
    if logits in ranges:
        ranges[logits] = (max(ranges[logits][0], -SATURATED), min(ranges[logits][1], SATURATED))
    return _joined(deployed, ranges)


def _checked(name, low, high):
    low, high = min(low, 0.0), max(high, 0.0)  # padding is zero, so every range holds it
    if not (np.isfinite(low) and np.isfinite(high)):
        raise PortraitError(f"{name}: its values are not finite on the calibration photos; train the model again")
    if high - low < 1e-6:
        raise PortraitError(
            f"{name}: always zero on the calibration photos, there is no range to quantize; calibrate on photos like "
            f"those of the training, or keep it float with --keep-float {name}"
        )
    return low, high


def _joined(deployed, ranges):
    """The ranges that belong together made equal, or the file would convert between them.

    All inputs and the output of a concatenation share one; a bilinear upsampling rounds its output to its input's.
    """
    groups = []  # of names that share a range; nested concatenations become one
    for layer in layers_of(deployed):
        if type(layer).__name__ == "Concatenate" and layer.name in ranges:
            names = {layer.name, *(name for name in map(_origin, layer.input) if name in ranges)}
            names = names.union(*(group for group in groups if group & names))
            groups = [group for group in groups if not group & names] + [names]
    for names in groups:
        joined = min(ranges[name][0] for name in names), max(ranges[name][1] for name in names)
        ranges |= dict.fromkeys(names, joined)
    for layer in layers_of(deployed):
        if type(layer).__name__ in RESIZED and _origin(layer.output) in ranges:
            ranges[layer.name] = ranges[_origin(layer.output)]
    return ranges


def _origin(tensor):
    """Name of the layer whose range a tensor has."""
    layer = tensor._keras_history.operation
    while type(layer).__name__ in PASS_THROUGH:
        first = layer.input[0] if isinstance(layer.input, list) else layer.input
        layer = first._keras_history.operation
    return layer.name
