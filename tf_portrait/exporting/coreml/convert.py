"""Core ML files from a deployed model: an RGB image in, a grayscale image out, so that no array crosses to the app.

With a prior a second, grayscale image goes in: Core ML has no images of four channels, and what came out for one frame
goes in for the next as it is.
"""

import logging
import warnings

import numpy as np
import tensorflow as tf
from scipy.cluster.vq import kmeans2

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.deploy import INPUT, OUTPUT, PRIOR
from tf_portrait.exporting.graph.rounding import halved
from tf_portrait.quiet import quiet

COMPRESSIONS = {"linear8": 8, "palette6": 6}  # name: bits of a weight
# Kernels of fewer weights are not compressed, and stay float32 in the .mlmodel: they are 1 % of all weights, and
# rounding them costs most. An ML program would also compute in float32 there, so in it they are float16.
SMALL = 2048


def load_coremltools():
    """The coremltools module without its remarks. Raises PortraitError if it is not installed."""
    try:
        logging.getLogger("coremltools").setLevel(logging.CRITICAL)
        with quiet():
            import coremltools
    except ImportError as error:
        raise PortraitError("coremltools is not installed; pip install coremltools, or leave Core ML out") from error
    return coremltools


def convert_mlprogram(deployed, compression=None):
    """The .mlpackage for iOS 15 (iOS 16 with compressed weights), all float16. Returns a coremltools MLModel.

    compression: None, "linear8" (a scale for each channel) or "palette6" (64 values for each layer, by k-means).
    """
    ct = load_coremltools()
    target = ct.target.iOS16 if compression else ct.target.iOS15
    model = _convert(halved(deployed), "mlprogram", target, compute_precision=ct.precision.FLOAT16)
    if compression is None:
        return model
    from coremltools.optimize import coreml as optimize

    with quiet():
        if compression == "linear8":
            config = optimize.OpLinearQuantizerConfig(mode="linear_symmetric", weight_threshold=SMALL)
            return optimize.linear_quantize_weights(model, optimize.OptimizationConfig(config))
        config = optimize.OpPalettizerConfig(mode="custom", lut_function=_palette_of, weight_threshold=SMALL)
        return optimize.palettize_weights(model, optimize.OptimizationConfig(config))


def convert_neuralnetwork(deployed, compression=None):
    """The .mlmodel for iOS 13, iOS 14 where it upsamples bilinearly; large kernels float16. Returns an MLModel.

    compression: as for convert_mlprogram; it needs no later iOS here.
    """
    ct = load_coremltools()
    bilinear = any(type(layer).__name__ == "UpSampling2D" for layer in deployed.layers)
    model = _convert(halved(deployed, SMALL), "neuralnetwork", ct.target.iOS14 if bilinear else ct.target.iOS13)
    utils = ct.models.neural_network.quantization_utils
    with quiet():
        if compression == "linear8":
            model = utils.quantize_weights(model, 8, "linear_symmetric", selector=_large_layers(utils))
        elif compression == "palette6":
            model = utils.quantize_weights(
                model, 6, "custom_lut", lut_function=lambda bits, weights: _palette_of(weights),
                selector=_large_layers(utils),
            )  # fmt: skip
        return utils.quantize_weights(model, 16, selector=_large_layers(utils))


def _convert(deployed, kind, target, **options):
    ct = load_coremltools()
    size = deployed.input_shape[1]
    shapes = {INPUT: (1, size, size, 3), PRIOR: (1, size, size, 1)}
    colors = {INPUT: ct.colorlayout.RGB, PRIOR: ct.colorlayout.GRAYSCALE}
    if deployed.input_shape[3] == 3:
        shapes.pop(PRIOR)

    # 0..255, as images are; channels first, as Core ML's images are.
    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name=name) for name, shape in shapes.items()])
    def run(*images):
        picture = images[0] if len(images) == 1 else tf.concat(images, axis=3)
        return tf.transpose(255.0 * deployed(picture, training=False), (0, 3, 1, 2), name=OUTPUT)

    with quiet():
        return ct.convert(
            [run.get_concrete_function()],
            source="tensorflow",
            convert_to=kind,
            minimum_deployment_target=target,
            inputs=[ct.ImageType(name, shape, color_layout=colors[name]) for name, shape in shapes.items()],
            outputs=[ct.ImageType(name=OUTPUT, color_layout=ct.colorlayout.GRAYSCALE)],
            skip_model_load=True,
            **options,
        )


def _large_layers(utils):
    class Large(utils.QuantizedLayerSelector):
        def do_quantize(self, layer, **kwargs):
            return super().do_quantize(layer) and len(layer.convolution.weights.floatValue) >= SMALL

    return Large()


def _palette_of(weights, levels=64):
    """Table (levels,) and index of each weight (their shape): one-dimensional k-means."""
    values = np.asarray(weights, "float64").ravel()
    # Half way between even steps and even counts: either alone leaves the tails or the middle too coarse.
    start = (np.quantile(values, np.linspace(0, 1, levels)) + np.linspace(values.min(), values.max(), levels)) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an empty cluster is no harm
        table, index = kmeans2(values[:, None], start[:, None], iter=20, minit="matrix")
    return table[:, 0].astype(np.asarray(weights).dtype), index.astype("uint8").reshape(np.shape(weights))
