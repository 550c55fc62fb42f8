"""Where a network's weights begin: random, ImageNet, or a file."""

import os
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.models.archive import load_model, shipped_models
from tf_portrait.models.imagenet import load_imagenet_encoder
from tf_portrait.models.official import load_official_weights
from tf_portrait.models.tflite_weights import load_tflite


def start_weights(network, init):
    """Loads what `init` names into a network.

    init: "" (stays random), "imagenet" (Keras' download), an .h5 file of keras.applications.MobileNetV2 without top,
    a float .tflite file of the same network (MediaPipe's, for `selfie`), a .keras file, run folder or shipped model of
    this package, or an .npz of the authors' arrays. A file of the same network with other options gives what both
    have, such as a first stage or all but the heads, if that is most of it; one without a prior gives a network with
    one its answers, as the fourth channel of the first convolution starts at zero.
    Raises PortraitError if it cannot be had or does not fit.
    """
    if not init:
        return
    if init == "imagenet":
        return load_imagenet_encoder(network)
    path = Path(init)
    if not os.path.exists(init) and str(init) not in shipped_models():
        raise PortraitError(
            f"--init {init}: no such file; use imagenet, {', '.join(shipped_models())}, a run folder, a .keras, a "
            "float .tflite, a MobileNetV2 .h5 or an .npz"
        )
    if path.suffix in (".h5", ".hdf5"):
        return load_imagenet_encoder(network, path)
    if path.suffix == ".tflite":
        return load_tflite(network, path)
    if path.suffix == ".npz":
        try:
            return load_official_weights(network, _arrays(path))
        except PortraitError as error:
            raise PortraitError(f"--init {path}: {error}") from error
    source, card = load_model(path)
    given, wanted = _shapes(source), _shapes(network)
    shared = [name for name in wanted if name in given]
    differing = [name for name in shared if given[name] != wanted[name] and not _lacks_prior(given[name], wanted[name])]
    if 2 * len(shared) < len(wanted) or differing:
        name = differing[0] if differing else next(name for name in wanted if name not in given)
        what = f"has {given[name]} where {wanted[name]} is needed" if differing else "is not in it"
        raise PortraitError(
            f"--init {init}: its network is {card['network']} with {card['options']}, another architecture than "
            f"{network.name}: {name} {what}; use the same options, e.g. --set options.width=..."
        )
    for name in shared:
        weights = source.get_layer(name).get_weights()
        if given[name] != wanted[name]:
            weights[0] = np.pad(weights[0], ((0, 0), (0, 0), (0, 1), (0, 0)))
        network.get_layer(name).set_weights(weights)
    new = [name for name in wanted if name not in given]
    if new:
        print(f"--init {init}: does not have {', '.join(new)}: these start anew", flush=True)


def _lacks_prior(given, wanted):
    """Whether shapes differ by the previous mask alone: kernels of a convolution of 3 channels, and of 4."""
    (kernel, *others), (larger, *also) = given, wanted
    return len(kernel) == 4 and kernel[2] == 3 and (*kernel[:2], 4, kernel[3]) == larger and others == also


def _arrays(path):
    """{name: array} of an .npz; pickled objects are never loaded."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name.removeprefix("weight/"): file[name] for name in file.files}
    except Exception as error:  # zipfile, zlib and numpy have many kinds of damage, MemoryError among them
        reason = "it holds pickled objects, or is no .npz" if "pickle" in str(error) else error or type(error).__name__
        raise PortraitError(f"cannot be read as arrays ({reason}); get the file again") from error
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            kind = array.dtype if array.dtype.kind not in "fiu" else "NaN or infinity"
            raise PortraitError(f"{name} holds {kind}, not numbers; get the file again")
    if not arrays:
        raise PortraitError("holds no array; it should be an .npz of the authors' weights")
    return arrays


def scale_logits(network, factor):
    """Multiplies the mask's logits, whose sign stays: what is person at 0.5 stays person."""
    if factor != 1:
        layer = network.get_layer("mask")
        layer.set_weights([factor * weight for weight in layer.get_weights()])


def _shapes(network):
    """{layer name: shapes of its weights}."""
    return {layer.name: [tuple(weight.shape) for weight in layer.weights] for layer in network.layers if layer.weights}
