"""Quantization-aware models: a deployed network with fake quantization where the int8 file will quantize."""

import numpy as np
import tensorflow_model_optimization as tfmot
import tf_keras

from tf_portrait.errors import PortraitError
from tf_portrait.export.deploy import HEAD
from tf_portrait.quantize.rebuild import rebuild

PREFIX = "quant_"


def quantize(deployed, batch=None, keep_float=()):
    """The fake-quantized twin of a deployed model, its activation ranges still to be calibrated.

    deployed: of export.deploy. batch: of the input; None for training, 1 for conversion. keep_float: names of layers
    that stay float. Returns a tf_keras.Model, RGB 0..255 -> alpha. Raises PortraitError for an unknown name.
    """
    twin = rebuild(deployed, batch)
    unknown = set(keep_float) - {layer.name for layer in twin.layers}
    if unknown:
        raise PortraitError(f"--keep-float {min(unknown)}: no such layer; the sensitivity table lists them")
    annotate = tfmot.quantization.keras.quantize_annotate_layer

    def clone(layer):
        return layer if layer.name in keep_float or not layer.name else annotate(layer)

    annotated = tf_keras.models.clone_model(twin, clone_function=clone)
    annotated.set_weights(twin.get_weights())
    return tfmot.quantization.keras.quantize_apply(annotated)


def logits_model(model):
    """The same model up to the logits, for training: RGB 0..255 -> (B, S, S, 1)."""
    names = {layer.name for layer in model.layers}
    name = PREFIX + HEAD if PREFIX + HEAD in names else HEAD
    return tf_keras.Model(model.input, model.get_layer(name).output)


def calibrate(model, deployed, photos):
    """Sets every activation range of a quantized model to what the float network shows on photos.

    photos: sequence of (B, S, S, 3), RGB 0..255. The range of a tensor is the mean of its minima and maxima over
    the batches, which a single odd photo does not stretch. tfmot's own moving averages start at -6..6 and would need
    thousands of steps. Raises PortraitError if a range is not finite or empty.
    """
    twin = rebuild(deployed, None)
    tensors = {layer.name: layer.output for layer in twin.layers}
    probe = tf_keras.Model(twin.input, list(tensors.values()))
    lows, highs = [], []
    for batch in photos:
        values = probe(np.asarray(batch, "float32"))
        lows.append([float(np.min(value)) for value in values])
        highs.append([float(np.max(value)) for value in values])
    ranges = dict(zip(tensors, zip(np.mean(lows, axis=0), np.mean(highs, axis=0), strict=True), strict=True))
    for layer in model.layers:
        _set_range(layer, ranges)


def _set_range(layer, ranges):
    found = {weight.name.split("/")[-1].split(":")[0]: weight for weight in layer.weights}
    if layer.name == "quantize_layer":
        low, high, kind = 0.0, 255.0, "quantize_layer"
    else:
        kinds = [key.removesuffix("_min") for key in found if key in ("output_min", "post_activation_min")]
        if not kinds:
            return
        kind, (low, high) = kinds[0], ranges[layer.name.removeprefix(PREFIX)]
    if not (np.isfinite(low) and np.isfinite(high) and high > low):
        raise PortraitError(f"{layer.name}: range {low:g}..{high:g} on the calibration photos; train the model again")
    found[f"{kind}_min"].assign(min(low, 0.0))
    found[f"{kind}_max"].assign(max(high, 0.0))
