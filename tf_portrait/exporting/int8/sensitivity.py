"""Where int8 hurts: each layer rounded alone, all others float, and what that costs."""

import keras
import matplotlib
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from tf_portrait import plots, tables
from tf_portrait.data.fit import resize
from tf_portrait.exporting.graph.rounding import round_kernel
from tf_portrait.exporting.graph.walk import consumers, layers_of, walk
from tf_portrait.exporting.int8.configs import KERNELS
from tf_portrait.exporting.int8.qat import int8_grid
from tf_portrait.metrics import band_width, boundary_f1, portrait_iou

BATCH = 8


@keras.saving.register_keras_serializable("tf_portrait")
class Rounding(keras.layers.Layer):
    """Rounds its input to 256 steps of a range while `on` is 1."""

    def __init__(self, low, high, **options):
        super().__init__(**options)
        self.low, self.high = low, high

    def build(self, shape):
        self.on = self.add_weight(name="on", shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        return x + self.on * (tf.quantization.fake_quant_with_min_max_args(x, self.low, self.high) - x)


def sensitivity(deployed, ranges, photos, masks, progress=True):
    """What each layer costs when it alone is int8.

    ranges: of calibrate(). photos: (N, S, S, 3) uint8. masks: N of (h, w) uint8, scored at the network's size.
    Returns rows {"layer", "iou_drop", "f1_drop", "changed"}, dearest IoU first; "changed" is the part of all labels
    that differ from the float network's. A ReLU that the file fuses counts with the layer before it.
    """
    model = _switchable(deployed, ranges)
    masks = [resize(mask, *photos.shape[1:3]) > 127 for mask in masks]
    base = _labels(model, photos)
    base_iou, base_f1 = _scores(base, masks)
    rows = []
    for names in tqdm(_units(deployed, ranges), desc="sensitivity", unit="layer", disable=not progress):
        labels = _with_rounding(model, names, photos)
        iou, f1 = _scores(labels, masks)
        changed = float(np.mean(labels != base))
        rows.append({"layer": names[0], "iou_drop": base_iou - iou, "f1_drop": base_f1 - f1, "changed": changed})
    return sorted(rows, key=lambda row: -row["iou_drop"])


def format_table(rows, count=None):
    """The rows as a Markdown table, IoU and F1 in points."""
    cells = []
    for row in rows[:count]:
        iou, f1 = 100 * row["iou_drop"], 100 * row["f1_drop"]
        cells.append([f"`{row['layer']}`", f"{iou:.3f}", f"{f1:.3f}", f"{row['changed']:.3%}"])
    return tables.markdown(cells, ["layer", "IoU points", "F1 points", "labels changed"])


def draw_chart(path, rows, count=25):
    """Writes a bar chart (PNG) of the dearest layers."""
    from matplotlib.figure import Figure

    rows = rows[:count][::-1]
    with matplotlib.rc_context({"font.size": 8}):
        figure = Figure((8, 0.5 + 0.28 * len(rows)), layout="constrained")
        axes = figure.subplots()
        places = np.arange(len(rows))
        axes.barh(places + 0.2, [100 * row["iou_drop"] for row in rows], 0.4, label="IoU")
        axes.barh(places - 0.2, [100 * row["f1_drop"] for row in rows], 0.4, label="boundary F1")
        axes.set_yticks(places, [row["layer"] for row in rows])
        axes.axvline(0, color="black", linewidth=0.5)
        axes.set_xlabel("points lost when this layer alone is int8")
        axes.legend(loc="lower right")
        plots.save(path, figure)


def _units(deployed, ranges):
    """Lists of layer names that are rounded together: a layer, and the ReLU that the file fuses into it."""
    readers, fused, units = consumers(deployed), set(), []
    for layer in layers_of(deployed):
        if type(layer).__name__ in KERNELS or (layer.name in ranges and layer.name not in fused):
            after = [r.name for r in readers[layer.name] if layer.name not in ranges and r.name in ranges]
            fused |= set(after)
            units.append([layer.name, *after])
    return units


def _switchable(deployed, ranges):
    """The deployed network with a Rounding, switched off, behind every layer that has a range."""
    size = deployed.input_shape[1]
    image = keras.Input((size, size, 3), name="rgb")

    def make(layer, inputs):
        x = layer.__class__.from_config(layer.get_config())(inputs)
        return Rounding(*ranges[layer.name], name=f"{layer.name}_rounding")(x) if layer.name in ranges else x

    made = walk(deployed, image, make)
    model = keras.Model(image, made[layers_of(deployed)[-1].name])
    for layer in layers_of(deployed):
        if layer.weights:
            model.get_layer(layer.name).set_weights(layer.get_weights())
    return model


def _with_rounding(model, names, photos):
    """Labels with these layers rounded; the model is left as it was."""
    layer = model.get_layer(names[0])
    kept = layer.get_weights()
    switches = [other.on for other in model.layers if other.name in {f"{name}_rounding" for name in names}]
    for switch in switches:
        switch.assign(1.0)
    if kept:
        nearest = int8_grid(kept[0], KERNELS[type(layer).__name__][1])
        layer.set_weights([round_kernel(layer, kept[0], nearest), *kept[1:]])
    labels = _labels(model, photos)
    layer.set_weights(kept)
    for switch in switches:
        switch.assign(0.0)
    return labels


def _labels(model, photos):
    chunks = [photos[i : i + BATCH].astype("float32") for i in range(0, len(photos), BATCH)]
    return np.concatenate([model.predict_on_batch(chunk)[..., 0] > 0.5 for chunk in chunks])


def _scores(labels, masks):
    pairs = list(zip(labels, masks, strict=True))
    band = band_width(masks[0].shape)
    return np.mean([portrait_iou(*pair) for pair in pairs]), np.mean([boundary_f1(*pair, band) for pair in pairs])
