"""The network as phones run it: RGB 0..255 in, one alpha out, BatchNorm folded, the boundary head gone."""

import keras
import numpy as np
from keras import layers

from tf_portrait.export.graph import check_functional, consumers, walk
from tf_portrait.models.normalize import MEAN_BGR, SCALE

INPUT, OUTPUT, HEAD = "rgb", "alpha", "mask"


def deploy(network):
    """A model with nothing left to get wrong: (1, S, S, 3) RGB 0..255 -> (1, S, S, 1) probability of a person.

    network: functional model of `build` with a fixed size; normalized BGR -> {"mask": logits, ..}. The normalization
    becomes a 1x1 depthwise convolution (exact at the padded border, where folding it into the stem would not be), the
    order of the channels goes into the stem's kernel, and the two mask logits become their difference under a sigmoid.
    Raises PortraitError for a model that is not one of ours.
    """
    check_functional(network)
    size, folds = network.input_shape[1], _foldable(network)
    rgb = keras.Input((size, size, 3), batch_size=1, name=INPUT)
    weights = {}  # by name; set once the model exists
    x = layers.DepthwiseConv2D(1, name="normalize")(rgb)
    weights["normalize"] = [np.full((1, 1, 3, 1), SCALE), -SCALE * np.array(MEAN_BGR[::-1])]

    def make(layer, inputs):
        if layer.name in dropped:
            return inputs
        if layer.name not in folds and not layer.weights:
            return layer.__class__.from_config(layer.get_config())(inputs)
        batch_norm = network.get_layer(folds[layer.name]) if layer.name in folds else None
        kernel, bias = _folded(layer, batch_norm)
        if layer.name == first:
            kernel = kernel[:, :, ::-1]
        config = {**layer.get_config(), "use_bias": bool(np.any(bias))}
        if layer.name == HEAD:
            kernel, bias = kernel[..., 1:] - kernel[..., :1], bias[1:] - bias[:1]
            config |= {"filters": 1, "use_bias": bool(np.any(bias))}
        weights[layer.name] = [kernel, bias] if config["use_bias"] else [kernel]
        return layer.__class__.from_config(config)(inputs)

    # BatchNorms that their convolutions have taken in, and the other heads.
    dropped = {*folds.values(), *(head for head in network.output if head != HEAD)}
    first = next(layer.name for layer in network.layers if layer.weights)
    logits = walk(network, x, make)[HEAD]
    model = keras.Model(rgb, layers.Activation("sigmoid", name=OUTPUT)(logits), name=f"{network.name}_deployed")
    for name, values in weights.items():
        model.get_layer(name).set_weights([np.asarray(value, "float32") for value in values])
    return model


def _foldable(network):
    """{convolution: BatchNorm} for every BatchNorm that alone reads a convolution."""
    readers = consumers(network)
    return {
        layer.name: readers[layer.name][0].name
        for layer in network.layers
        if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D | layers.Conv2DTranspose)
        and len(readers[layer.name]) == 1
        and isinstance(readers[layer.name][0], layers.BatchNormalization)
    }


def _folded(layer, batch_norm):
    """Kernel and bias of a convolution with its BatchNorm inside, in float64."""
    kernel, *bias = (np.asarray(value, "float64") for value in layer.get_weights())
    depthwise, transposed = (isinstance(layer, kind) for kind in (layers.DepthwiseConv2D, layers.Conv2DTranspose))
    channels = kernel.shape[2] if depthwise or transposed else kernel.shape[3]
    bias = bias[0] if bias else np.zeros(channels)
    if batch_norm is None:
        return kernel, bias
    gamma, beta, mean, variance = (np.asarray(value, "float64") for value in batch_norm.get_weights())
    factor = gamma / np.sqrt(variance + batch_norm.epsilon)
    return kernel * (factor[:, None] if depthwise or transposed else factor), (bias - mean) * factor + beta
