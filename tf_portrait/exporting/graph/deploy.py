"""The network as phones run it: RGB 0..255 in, one alpha out, BatchNorm folded, the boundary head gone."""

import dataclasses

import keras
import numpy as np
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.lowering import LOWERED, absorbed, affine, check_forms, prelu
from tf_portrait.exporting.graph.walk import ancestors, check_functional, consumers, layers_of, only_readers, walk
from tf_portrait.models.normalize import MEAN_BGR, SCALE

INPUT, PRIOR, OUTPUT, HEAD = "rgb", "prior", "alpha", "mask"
# The previous mask, 0..255, leaves the normalization as large as the brightest pixel does, so that int8 has one range
# for all channels; the stem's kernel makes it what the training had, SCALE.
PRIOR_SCALE = (255 - min(MEAN_BGR)) * SCALE / 255


@dataclasses.dataclass(frozen=True)
class Plan:
    """What becomes of a network's layers, by name.

    stem: the convolution that alone reads the image, None if others do. unit: the Rescaling to 0..1 before it, if there
    is one. classifiers: the convolutions to two classes, none if there is one of log-odds. folds: {convolution: the
    BatchNorm that it takes in}. absorbs: {PReLU: the BatchNorm that it takes in}. dropped: what is passed through.
    """

    stem: str | None
    unit: str | None
    classifiers: set
    folds: dict
    absorbs: dict
    dropped: set


def deploy(network):
    """A model with nothing left to get wrong: (1, S, S, 3) RGB 0..255 -> (1, S, S, 1) probability of a person.

    network: functional model of `build` with a fixed size; normalized BGR -> {"mask": logits, ..}. Of one with a prior
    the previous mask, 0..255, is a fourth channel, as a picture's alpha is. The normalization
    becomes a 1x1 depthwise convolution (exact at the padded border, where folding it into the stem would not be), the
    order of the channels goes into the stem's kernel, and the two mask logits become their difference under a sigmoid.
    Layers that phones are slow at become convolutions, see lowering.py.
    Raises PortraitError for a model that is not one of ours, has an open size, or takes more than a photo.
    """
    check_forms(network)
    check_functional(network)
    _, height, width, channels = network.input_shape
    if channels not in (3, 4):
        raise PortraitError(
            f"{network.name}: takes {channels} channels; photos of 3 are exported, and 4 with the previous mask"
        )
    if channels == 4 and not _stem(network, _unit(network)):
        raise PortraitError(f"{network.name}: the previous mask is exported where one convolution reads all channels")
    if height is None or height != width:
        raise PortraitError(f"{network.name}: takes {height}x{width} pixels; build it with a fixed size, e.g. size=224")
    plan, weights = _plan(network), {}  # weights by name: set once the model exists
    rgb = keras.Input((height, width, channels), batch_size=1, name=INPUT)

    def make(layer, inputs):
        return _deployed(layer, inputs, network, plan, weights)

    logits = walk(network, _normalized(rgb, plan, weights), make)[HEAD]
    model = keras.Model(rgb, layers.Activation("sigmoid", name=OUTPUT)(logits), name=f"{network.name}_deployed")
    for name, values in weights.items():
        model.get_layer(name).set_weights([np.asarray(value, "float32") for value in values])
    return model


def _plan(network):
    classifiers, folds, unit = _classifiers(network), _foldable(network), _unit(network)
    # BatchNorms that convolutions or PReLUs have taken in, and what only other heads need.
    absorbs = {name: norm for name, norm in absorbed(network).items() if norm not in folds.values()}
    others = {layer.name for layer in layers_of(network)} - ancestors(network.output[HEAD])
    dropped = {*folds.values(), *absorbs.values(), *others, *([unit] if unit else [])}
    return Plan(_stem(network, unit), unit, classifiers, folds, absorbs, dropped)


def _normalized(rgb, plan, weights):
    """The paper's normalization of RGB 0..255; its order of channels too, unless the stem takes that in."""
    if plan.stem and plan.unit:  # scaling alone, which the stem takes in as well: zeros stay zeros at its border
        return rgb
    if plan.stem:
        prior = rgb.shape[3] - 3
        factors, shifts = [SCALE] * 3 + [PRIOR_SCALE] * prior, [-SCALE * mean for mean in MEAN_BGR[::-1]] + [0] * prior
        weights["normalize"] = [np.reshape(factors, (1, 1, -1, 1)), shifts]
        return layers.DepthwiseConv2D(1, name="normalize")(rgb)
    weights["normalize"] = [SCALE * np.eye(3)[None, None, ::-1], -SCALE * np.array(MEAN_BGR)]
    return layers.Conv2D(3, 1, name="normalize")(rgb)


def _deployed(layer, inputs, network, plan, weights):
    """The output of what takes a layer's place; the layer's new weights go into `weights`."""
    if layer.name in plan.dropped:
        return inputs
    if layer.name in plan.absorbs:
        return prelu(layer, inputs, weights, network.get_layer(plan.absorbs[layer.name]))
    if type(layer).__name__ in LOWERED:
        return LOWERED[type(layer).__name__](layer, inputs, weights)
    if not layer.weights:
        return layer.__class__.from_config(layer.get_config())(inputs)
    batch_norm = network.get_layer(plan.folds[layer.name]) if layer.name in plan.folds else None
    kernel, bias = _folded(layer, batch_norm)
    config = layer.get_config()
    if layer.name == plan.stem:
        rgb, prior = kernel[:, :, 2::-1], kernel[:, :, 3:]
        parts = [rgb / 255, prior / 255] if plan.unit else [rgb, prior * SCALE / PRIOR_SCALE]
        kernel = np.concatenate(parts, axis=2)
    if layer.name in plan.classifiers:
        axis = 2 if isinstance(layer, layers.Conv2DTranspose) else 3
        kernel, bias = np.diff(kernel, axis=axis), np.diff(bias)
        config |= {"filters": 1}
    config |= {"use_bias": bool(np.any(bias))}
    weights[layer.name] = [kernel, bias] if config["use_bias"] else [kernel]
    return layer.__class__.from_config(config)(inputs)


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
    """Name of the Rescaling that alone reads the image and undoes the paper's normalization to 0..1, or None."""
    readers = [layer for layer in layers_of(network) if layer.input is network.inputs[0]]
    if len(readers) != 1 or not isinstance(readers[0], layers.Rescaling):
        return None
    mean = np.pad(MEAN_BGR, (0, readers[0].input.shape[-1] - 3))  # the previous mask has none
    black_and_white = (np.array([[0.0], [255.0]]) - mean) * SCALE
    unit = black_and_white * np.asarray(readers[0].scale) + np.asarray(readers[0].offset)
    return readers[0].name if np.allclose(unit, [[0.0], [1.0]], atol=1e-6) else None


def _stem(network, unit):
    """Name of the convolution that alone reads the image, or None if others read it too."""
    readers = [layer for layer in layers_of(network) if layer.input is network.inputs[0]]
    between = [reader.name for reader in readers if isinstance(reader, layers.ZeroPadding2D) or reader.name == unit]
    if len(readers) == 1 and between:
        readers = consumers(network)[between[0]]
    return readers[0].name if len(readers) == 1 and isinstance(readers[0], layers.Conv2D) else None


def _classifiers(network):
    """Names of the convolutions that make the mask's two logits, before what enlarges, crops or adds them.

    None of them for log-odds, which are one map already.
    """
    if not isinstance(network.output, dict) or HEAD not in network.output:
        raise PortraitError(
            f"{network.name}: its outputs are no dict with {HEAD!r}; export networks of tf_portrait.build"
        )
    layer = network.output[HEAD]._keras_history.operation
    if layer.name != HEAD:
        raise PortraitError(f"{network.name}: the first stage of a training; export the whole network, once trained")
    makers = _makers(network, layer, only_readers(network))
    filters = {maker.filters for maker in makers}
    if filters not in ({1}, {2}):
        raise PortraitError(f"{network.name}: {layer.name} has {max(filters)} classes; 1 or 2 are exported")
    return {maker.name for maker in makers if maker.filters == 2}


def _makers(network, layer, readers):
    """The convolutions below; several where their maps are added."""
    if type(layer).__name__ in ("UpSampling2D", "AlignedResize", "AlignedUpsampling", "Cropping2D", "Add"):
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        return [maker for tensor in tensors for maker in _makers(network, tensor._keras_history.operation, readers)]
    if not isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
        raise PortraitError(f"{network.name}: {layer.name} makes its mask; a convolution to 1 or 2 classes is needed")
    if layer.name != HEAD and layer.name not in readers:
        raise PortraitError(f"{network.name}: {layer.name} makes its mask and something else; it cannot become one map")
    return [layer]


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
