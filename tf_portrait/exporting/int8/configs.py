"""What int8 does to each kind of layer: TFLite's rules as quantizers and configs of tensorflow-model-optimization."""

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_portrait.errors import PortraitError

keras_api = tfmot.quantization.keras

# The kernel of each kind and its axis of output channels.
KERNELS = {"Conv2D": ("kernel", 3), "DepthwiseConv2D": ("depthwise_kernel", 2), "Conv2DTranspose": ("kernel", 2)}
KERNELS["StridedDilated"] = KERNELS["DepthwiseConv2D"]
# Layers without a kernel whose output has a range of its own.
RANGED = ("ReLU", "LeakyReLU", "Add", "Multiply", "Concatenate", "GlobalAveragePooling2D", "PortraitPrior", "Spread")
RESIZED = ("UpSampling2D", "AlignedBilinear")  # bilinear: between their inputs, rounded to the same steps
# Input (of several, the first) and output share one range: TFLite demands it, and what these compute lies within it.
PASS_THROUGH = RESIZED + (
    "ZeroPadding2D", "MaxPooling2D", "PaddedMaxPooling", "Cropping2D", "PadChannels", "Permute", "Unpooling"
)  # fmt: skip
# TFLite itself prescribes the range of a sigmoid: 0..255/256.
PRESCRIBED = ("Activation",)


class PerChannel(keras_api.quantizers.Quantizer):
    """Fake quantization of a kernel to -127..127 steps of max|kernel| / 127, a scale for each channel on `axis`."""

    def __init__(self, axis):
        self.axis = axis

    def build(self, tensor_shape, name, layer):
        return {}

    def __call__(self, inputs, training, weights, **kwargs):
        last = [axis for axis in range(4) if axis != self.axis] + [self.axis]
        kernel = tf.transpose(inputs, last)
        peak = tf.stop_gradient(tf.maximum(tf.reduce_max(tf.abs(kernel), axis=(0, 1, 2)), 1e-8))
        snapped = tf.quantization.fake_quant_with_min_max_vars_per_channel(kernel, -peak, peak, narrow_range=True)
        return tf.transpose(snapped, [last.index(axis) for axis in range(4)])

    def get_config(self):
        return {"axis": self.axis}


class FixedRange(keras_api.quantizers.Quantizer):
    """Fake quantization of a tensor to 256 steps from low to high, moved so that zero is one of them."""

    def __init__(self, low, high):
        self.low, self.high = float(low), float(high)

    def build(self, tensor_shape, name, layer):
        return {}

    def __call__(self, inputs, training, weights, **kwargs):
        return tf.quantization.fake_quant_with_min_max_args(inputs, self.low, self.high)

    def get_config(self):
        return {"low": self.low, "high": self.high}


class LayerConfig(keras_api.QuantizeConfig):
    """How one layer is quantized. kernel: (attribute, channel axis) or None. output: (low, high) or None."""

    def __init__(self, kernel=None, output=None):
        self.kernel, self.output = kernel, output

    def get_weights_and_quantizers(self, layer):
        return [(getattr(layer, self.kernel[0]), PerChannel(self.kernel[1]))] if self.kernel else []

    def set_quantize_weights(self, layer, quantize_weights):
        if self.kernel:
            setattr(layer, self.kernel[0], quantize_weights[0])

    def get_activations_and_quantizers(self, layer):
        return []

    def set_quantize_activations(self, layer, quantize_activations):
        pass

    def get_output_quantizers(self, layer):
        return [FixedRange(*self.output)] if self.output else []

    def get_config(self):
        return {"kernel": self.kernel, "output": self.output}


def has_range(layer, readers):
    """Whether a layer's output has a range of its own in int8; readers are the layers that read it.

    Raises PortraitError for a kind of layer without a rule.
    """
    kind = type(layer).__name__
    if kind in PASS_THROUGH + PRESCRIBED:
        return False
    if kind not in (*KERNELS, *RANGED):
        known = ", ".join((*KERNELS, *RANGED, *PASS_THROUGH, *PRESCRIBED))
        raise PortraitError(
            f"{layer.name}: nobody knows how to quantize a {kind} layer; add its rule to exporting/int8/configs.py, "
            f"fold it away before the export, or keep it float with --keep-float {layer.name}. Known: {known}"
        )
    fused = kind in (*KERNELS, "Add") and len(readers) == 1 and type(readers[0]).__name__ == "ReLU"
    return not fused  # TFLite makes the ReLU a part of it, and only the result is stored
