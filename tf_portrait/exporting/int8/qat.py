"""Quantization-aware models: a deployed network that rounds where its int8 file will round."""

import keras
import numpy as np
import tensorflow_model_optimization as tfmot
import tf_keras

from tf_portrait.exporting.graph.deploy import HEAD
from tf_portrait.exporting.graph.rounding import rounded
from tf_portrait.exporting.int8.configs import KERNELS, FixedRange, LayerConfig
from tf_portrait.exporting.int8.rebuild import rebuild

PREFIX = "quant_"
PIXELS = FixedRange(0.0, 255.0)  # uint8 photos go in as they are: scale 1, zero point 0


class _Pixels(tf_keras.layers.Layer):
    def call(self, inputs):
        return PIXELS(inputs, False, {})


def quantize(deployed, ranges, keep_float=(), batch=None, kernels=True):
    """The fake-quantized twin of a deployed model.

    ranges: of calibrate(). keep_float: names of layers that stay float. batch: of the input.
    kernels: False for a model whose kernels are snapped already (see snapped()).
    Returns a tf_keras.Model: RGB 0..255 (B, S, S, 3) -> alpha (B, S, S, 1).
    """

    def wrap(layer):
        kernel = KERNELS.get(type(layer).__name__) if kernels else None
        config = LayerConfig(kernel, ranges.get(layer.name))
        if layer.name in keep_float or not (config.kernel or config.output):
            return layer
        return tfmot.quantization.keras.QuantizeWrapperV2(layer, config, PREFIX)

    return rebuild(deployed, batch, wrap, start=_Pixels(name="pixels"))


def to_logits(model):
    """The same model up to the logits, for training: RGB 0..255 -> (B, S, S, 1)."""
    names = {layer.name for layer in model.layers}
    return tf_keras.Model(model.input, model.get_layer(PREFIX + HEAD if PREFIX + HEAD in names else HEAD).output)


def snapped(model, deployed, keep_float=()):
    """A copy of the deployed Keras 3 model with a quantized model's weights, kernels already on their int8 grid."""
    copy = keras.models.clone_model(deployed)
    trained = weights_of(model)
    for layer in copy.layers:
        if not layer.weights:
            continue
        values = trained[layer.name]
        if layer.name not in keep_float:
            axis = KERNELS[type(layer).__name__][1]
            values = [snap(values[0], axis), *values[1:]]
        layer.set_weights(values)
    return copy


def snap(kernel, axis):
    """A kernel rounded to -127..127 steps of max|kernel| / 127 for each channel on `axis`."""
    return int8_grid(kernel, axis)(kernel).astype("float32")


def int8_grid(kernel, axis):
    """The function to the nearest int8 values of a kernel; it takes the kernel's shape or just its channels."""
    others = tuple(other for other in range(kernel.ndim) if other != axis)
    step = np.maximum(np.abs(kernel).max(others, keepdims=True), 1e-8) / 127

    def nearest(values):
        steps = step if values.ndim == kernel.ndim else step.ravel()
        return np.clip(np.round(values / steps), -127, 127) * steps

    return nearest


def keeping_sums(deployed, keep_float=()):
    """A copy of the deployed model with int8 kernels whose depthwise filters keep their sums: where training starts."""

    def grid_of(layer, kernel):
        if layer.name in keep_float:
            return lambda values: values
        return int8_grid(kernel, KERNELS[type(layer).__name__][1])

    return rounded(deployed, grid_of)


def weights_of(model):
    """{layer name: [kernel, bias]} of a quantized model, as trained."""
    found = {}
    for layer in model.layers:
        name = layer.name.removeprefix(PREFIX)
        parts = {weight.name.split(":")[0].split("/")[-1]: weight.numpy() for weight in layer.trainable_weights}
        if parts:
            bias = [parts.pop("bias")] if "bias" in parts else []
            found[name] = [*parts.values(), *bias]
    return found


def set_weights(model, values):
    """Puts back what weights_of() took."""
    for layer in model.layers:
        name = layer.name.removeprefix(PREFIX)
        for weight in layer.trainable_weights:
            kernel, *bias = values[name]
            weight.assign(bias[0] if weight.name.split(":")[0].endswith("bias") else kernel)
