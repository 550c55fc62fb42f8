"""The authors' PyTorch weights of PortraitNet, SINet and the baselines, by the names in their checkpoints."""

import numpy as np
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.models import baselines
from tf_portrait.models.official_sinet import as_ours, sinet_names

_INVERTED_RESIDUAL = {
    "conv.0": "expand_conv",
    "conv.1": "expand_bn",
    "conv.3": "depthwise_conv",
    "conv.4": "depthwise_bn",
    "conv.6": "project_conv",
    "conv.7": "project_bn",
}
_TRANSITION = {
    "block.0.0": "depthwise1_conv",
    "block.0.1": "depthwise1_bn",
    "block.0.3": "pointwise1_conv",
    "block.0.4": "pointwise1_bn",
    "block.1": "depthwise2_conv",
    "block.2": "depthwise2_bn",
    "block.4": "pointwise2_conv",
    "block.5": "pointwise2_bn",
    "residual.0": "shortcut_conv",
    "residual.1": "shortcut_bn",
}
# A parameter that no other network's authors call so.
_MARKS = {
    "portraitnet": "transit1.block.0.0.weight",
    "sinet": "encoder.BR2.bn.weight",
    "sinet_cityscapes": "bn_4.weight",
    "enet": "initial_block.main_branch.weight",
    "portraitfcn": "upscore_pool4.weight",
    "bisenet_portraitnet": "saptial_path.convblock1.conv1.weight",
    "espnet": "b1.bn.weight",
    "espnetv2": "base_net.level1.conv.weight",
    "contextnet": "spatial_detail.conv.conv.0.weight",
    "mobilenetv3": "blocks.0.expand.0.weight",
    "erfnet": "encoder.initial_block.conv.weight",
    "edanet": "project_layer.weight",
    "unet": "inc.conv.conv.0.weight",
    "icnet": "convbnrelu1_1.cbr_unit.0.weight",
    "deeplabv3plus": "segmentation_head.0.weight",
}
_BATCH_NORM = ("weight", "bias", "running_mean", "running_var")


def load_official_weights(model, arrays):
    """Copies the authors' weights into a network built with preset="authors", or into a baseline.

    model: portraitnet, sinet or one of baselines.MODULES. arrays: mapping from the PyTorch parameter name
    ("transit1.block.1.weight") to its NumPy array; a "module." in front and BatchNorm's step counters are ignored. The
    network takes normalized BGR, as theirs does. Raises PortraitError naming the first key that is missing, left over
    or of another shape, and the network whose weights they are.
    """
    arrays = {key.removeprefix("module."): value for key, value in arrays.items()}
    arrays = {key: value for key, value in arrays.items() if not key.endswith("num_batches_tracked")}
    whose = _whose(arrays, model.name)
    if model.name == "sinet":
        arrays, wanted = as_ours(arrays), sinet_names()
    elif model.name in (*baselines.MODULES, "sinet_cityscapes"):
        wanted, unused = baselines.official_modules(model, arrays)
        arrays = {key: value for key, value in arrays.items() if key not in unused}
        arrays = as_ours(arrays) if model.name == "sinet_cityscapes" else arrays
    else:
        wanted = _portraitnet_names(model)
    for layer in model.layers:
        if not layer.weights:
            continue
        keys = [f"{wanted.get(layer.name, layer.name)}.{part}" for part in _parts(layer)]
        missing = [key for key in keys if key not in arrays]
        if missing:
            raise PortraitError(f"authors' weights: {missing[0]} is missing; {whose}")
        values = [_to_keras(layer, np.asarray(arrays.pop(key))) for key in keys]
        for key, value, weight in zip(keys, values, layer.weights, strict=True):
            if value.shape != tuple(weight.shape):
                raise PortraitError(
                    f"authors' weights: {key} has shape {value.shape} where {layer.name} needs {tuple(weight.shape)}; "
                    f"{whose}"
                )
        layer.set_weights(values)
    if arrays:
        raise PortraitError(f"authors' weights: {min(arrays)} fits no layer; {whose}")


def _whose(arrays, name):
    """What is wrong with arrays that do not fit the network of this name: another network, or other options."""
    prefixes = ("", "encoder.")  # of a whole network whose encoder has a name of its own
    found = [network for network, mark in _MARKS.items() if any(prefix + mark in arrays for prefix in prefixes)]
    if name in found:
        return (
            f"these are {name}'s of another size or number of classes; build it with the same options, and "
            'preset="authors" where it has one'
        )
    return f"these are {' or '.join(found) or 'unknown'}'s, not {name}'s"


def _parts(layer):
    """Names of a layer's weights in PyTorch, in Keras' order."""
    if isinstance(layer, layers.BatchNormalization):
        return _BATCH_NORM
    return ("weight", "bias") if getattr(layer, "use_bias", False) else ("weight",)


def _portraitnet_names(model):
    """Our layer name -> their module name, for the layers that hold weights."""
    names = {"stem_conv": "stage0.0", "stem_bn": "stage0.1", "mask": "pred", "boundary": "edge"}
    for stage, blocks in enumerate((1, 2, 3, 4, 3, 3, 1), start=1):
        for block in range(blocks):
            module = f"stage{stage}" if blocks == 1 else f"stage{stage}.{block}"
            for theirs, ours in _INVERTED_RESIDUAL.items():
                names[f"stage{stage}_{block + 1}_{ours}"] = f"{module}.{theirs}"
    for index, stride in enumerate((16, 8, 4, 2, 1), start=1):
        names[f"decoder{stride}_up"] = f"deconv{index}"
        for theirs, ours in _TRANSITION.items():
            names[f"decoder{stride}_{ours}"] = f"transit{index}.{theirs}"
    unknown = [layer.name for layer in model.layers if layer.weights and layer.name not in names]
    if unknown:
        raise PortraitError(
            f"authors' weights fit portraitnet, sinet and the baselines only; {model.name} has a layer {unknown[0]!r}"
        )
    return names


def _to_keras(layer, array):
    """PyTorch's (out, in, height, width) to the layout of the Keras layer."""
    if isinstance(layer, layers.PReLU):
        return array.reshape(1, 1, -1)
    if array.ndim != 4:
        return array
    if isinstance(layer, layers.DepthwiseConv2D):
        return array.transpose(2, 3, 0, 1)
    # A transposed convolution is (in, out, h, w) there and (h, w, out, in) here: the same permutation.
    return array.transpose(2, 3, 1, 0)
