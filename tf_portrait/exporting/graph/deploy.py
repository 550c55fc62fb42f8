"""The network as phones run it: RGB 0..255 in, one alpha out, BatchNorm folded, the boundary head gone."""

import keras
import numpy as np
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.lowering import LOWERED, absorbed, affine, prelu
from tf_portrait.exporting.graph.walk import ancestors, check_functional, consumers, layers_of, only_readers, walk
from tf_portrait.models.normalize import MEAN_BGR, SCALE

INPUT, OUTPUT, HEAD = "rgb", "alpha", "mask"


def deploy(network):
    """A model with nothing left to get wrong: (1, S, S, 3) RGB 0..255 -> (1, S, S, 1) probability of a person.

    network: functional model of `build` with a fixed size; normalized BGR -> {"mask": logits, ..}. The normalization
    becomes a 1x1 depthwise convolution (exact at the padded border, where folding it into the stem would not be), the
    order of the channels goes into the stem's kernel, and the two mask logits become their difference under a sigmoid.
    Layers that phones are slow at become convolutions, see export/lowering.py.
    Raises PortraitError for a model that is not one of ours.
    """
    check_functional(network)
    size, folds, classifier = network.input_shape[1], _foldable(network), _classifier(network)
    rgb = keras.Input((size, size, 3), batch_size=1, name=INPUT)
    weights = {}  # by name; set once the model exists
    first, unit = _stem(network), _unit(network)
    if unit:
        x = rgb
    elif first:
        x = layers.DepthwiseConv2D(1, name="normalize")(rgb)
        weights["normalize"] = [np.full((1, 1, 3, 1), SCALE), -SCALE * np.array(MEAN_BGR[::-1])]
    else:  # not only a convolution looks at the image, so the channels change places at once
        x = layers.Conv2D(3, 1, name="normalize")(rgb)
        weights["normalize"] = [SCALE * np.eye(3)[None, None, ::-1], -SCALE * np.array(MEAN_BGR)]

    def make(layer, inputs):
        if layer.name in dropped or layer.name == unit:
            return inputs
        if layer.name in absorbs:
            return prelu(layer, inputs, weights, network.get_layer(absorbs[layer.name]))
        if type(layer).__name__ in LOWERED:
            return LOWERED[type(layer).__name__](layer, inputs, weights)
        if not layer.weights:
            return layer.__class__.from_config(layer.get_config())(inputs)
        batch_norm = network.get_layer(folds[layer.name]) if layer.name in folds else None
        kernel, bias = _folded(layer, batch_norm)
        if layer.name == first:
            kernel = kernel[:, :, ::-1] / (255.0 if unit else 1.0)
        config = {**layer.get_config(), "use_bias": bool(np.any(bias))}
        if layer.name == classifier:
            kernel, bias = kernel[..., 1:] - kernel[..., :1], bias[1:] - bias[:1]
            config |= {"filters": 1, "use_bias": bool(np.any(bias))}
        weights[layer.name] = [kernel, bias] if config["use_bias"] else [kernel]
        return layer.__class__.from_config(config)(inputs)

    # BatchNorms that convolutions or PReLUs have taken in, and what only other heads need.
    absorbs = {name: norm for name, norm in absorbed(network).items() if norm not in folds.values()}
    others = {layer.name for layer in layers_of(network)} - ancestors(network.output[HEAD])
    dropped = {*folds.values(), *absorbs.values(), *others}
    logits = walk(network, x, make)[HEAD]
    model = keras.Model(rgb, layers.Activation("sigmoid", name=OUTPUT)(logits), name=f"{network.name}_deployed")
    for name, values in weights.items():
        model.get_layer(name).set_weights([np.asarray(value, "float32") for value in values])
    return model


def _foldable(network):
    """{convolution: BatchNorm} for every BatchNorm that alone reads a convolution, or the enlarged output of one.

    Bilinear weights sum to one, so that enlarging and BatchNorm may change places.
    """
    found, readers = {}, only_readers(network)
    for layer in network.layers:
        reader = readers.get(layer.name)
        if isinstance(reader, layers.UpSampling2D):
            reader = readers.get(reader.name)
        convolution = isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D | layers.Conv2DTranspose)
        if convolution and isinstance(reader, layers.BatchNormalization):
            found[layer.name] = reader.name
    return found


def _unit(network):
    """Name of the Rescaling that alone reads the image and brings it to 0..1, or None.

    Dividing by 255 moves no zero, so that the stem can do it and nothing is left of the normalization.
    """
    readers = [layer for layer in layers_of(network) if layer.input is network.inputs[0]]
    if len(readers) != 1 or not isinstance(readers[0], layers.Rescaling):
        return None
    black_and_white = (np.array([[0.0], [255.0]]) - MEAN_BGR) * SCALE
    unit = black_and_white * np.asarray(readers[0].scale) + np.asarray(readers[0].offset)
    return readers[0].name if np.allclose(unit, [[0.0] * 3, [1.0] * 3], atol=1e-6) else None


def _stem(network):
    """Name of the convolution that alone reads the image, or None if others read it too."""
    readers = [layer for layer in layers_of(network) if layer.input is network.inputs[0]]
    unit = _unit(network)
    padded = [reader.name for reader in readers if isinstance(reader, layers.ZeroPadding2D) or reader.name == unit]
    if len(readers) == 1 and padded:
        readers = consumers(network)[padded[0]]
    return readers[0].name if len(readers) == 1 and isinstance(readers[0], layers.Conv2D) else None


def _classifier(network):
    """Name of the convolution that makes the mask's two logits, before whatever enlarges them; None for log-odds."""
    if not isinstance(network.output, dict) or HEAD not in network.output:
        raise PortraitError(
            f"{network.name}: its outputs are no dict with {HEAD!r}; export networks of tf_portrait.build"
        )
    layer = network.output[HEAD]._keras_history.operation
    if layer.name != HEAD:
        raise PortraitError(f"{network.name}: the first stage of a training; export the whole network, once trained")
    while isinstance(layer, layers.UpSampling2D):
        layer = layer.input._keras_history.operation
    if getattr(layer, "filters", 0) == 1:
        return None
    if not isinstance(layer, layers.Conv2D) or layer.filters != 2:
        raise PortraitError(
            f"{network.name}: {layer.name} makes its mask; a convolution to one or two classes is needed"
        )
    return layer.name


def _folded(layer, batch_norm):
    """Kernel and bias of a convolution with its BatchNorm inside, in float64."""
    kernel, *bias = (np.asarray(value, "float64") for value in layer.get_weights())
    depthwise, transposed = (isinstance(layer, kind) for kind in (layers.DepthwiseConv2D, layers.Conv2DTranspose))
    channels = kernel.shape[2] if depthwise or transposed else kernel.shape[3]
    bias = bias[0] if bias else np.zeros(channels)
    if batch_norm is None:
        return kernel, bias
    factor, shift = affine(batch_norm)
    return kernel * (factor[:, None] if depthwise or transposed else factor), bias * factor + shift
