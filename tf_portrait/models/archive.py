"""Model files: an ordinary .keras archive that also says what it is (`portrait.json` inside).

What this package adds to it is the fit, the threshold, the training's metrics, and a hash that tells damage from a
wrong file. Plain `keras.models.load_model` opens networks of Keras' own layers, PortraitNet among them; the others
have layers of ours.
"""

import hashlib
import json
import math
import zipfile
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.files import PathLike, write_atomically
from tf_portrait.models import card as cards
from tf_portrait.models.card import CARD, VERSION

BEST = "best.keras"  # the model of a run, in its folder
RUNS = Path("runs")
WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
SHIPPED = "portraitnet"  # of WEIGHTS: what is used where no model is named


def save_model(path, model, card):
    """Writes a network and its card in one atomic step.

    model: functional network of `build`. card: JSON-able dict with at least "network", "options", "size", "fit".
    Raises PortraitError if the disk is full or the folder cannot be written; an older file then stays as it was.
    """
    card = {**card, "version": VERSION, "weights_sha256": weights_hash(model)}

    def write(temporary):
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(CARD, json.dumps(card, indent=1))

    write_atomically(path, write)


def load_model(path: PathLike):
    """A network and its card from a .keras file or a run folder that holds best.keras.

    The card is checked before anything is built, and no code of the file is run: the network is built anew and given
    the weights. Raises PortraitError if the file is missing, damaged, not made by this package, or of another version.
    """
    path = model_path(path)
    card = read_card(path)
    model = _build(card, path)
    _check_bytes(path, model)
    try:
        model.load_weights(str(path))
    except Exception as error:  # whatever zipfile, h5py and Keras raise on damage
        raise PortraitError(f"{path}: its weights cannot be read ({error}); the file is damaged") from error
    if weights_hash(model) != card["weights_sha256"]:
        raise PortraitError(f"{path}: hash mismatch, the weights are not those that were saved; get the file again")
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise PortraitError(f"{path}: its weights hold NaN or infinity; train it again")
    return model, card


def at_size(network, card, size):
    """The same network with the same weights for another input size, and its card; None leaves it as it is.

    Raises PortraitError for a size that it cannot take.
    """
    if size in (None, card["size"]):
        return network, card
    from tf_portrait.models.networks import build

    card = {**card, "size": size, "options": {**card["options"], "size": size}}
    other = build(card["network"], **card["options"])
    other.set_weights(network.get_weights())
    return other, card


def read_card(path):
    """The checked card inside a .keras file; see models.card."""
    card = cards.read_card(path, path)
    return {"threshold": 0.5, **card}


def _build(card, path):
    """The network that a card asks for, of no other input than its card says."""
    from tf_portrait.models.networks import build

    try:
        model = build(card["network"], **card["options"])
    except Exception as error:  # the options are the file's: whatever a builder raises on them
        raise PortraitError(f"{path}: its {CARD} asks for a network that cannot be built ({error})") from error
    side = model.input_shape[1]
    if side not in (None, card["size"]):
        raise PortraitError(f"{path}: its {CARD} says size={card['size']}, its network takes {side} pixels")
    return model


def _check_bytes(path, model):
    """Refuses weights that unpack to far more than the network has room for."""
    room = 8 * sum(math.prod(weight.shape) for weight in model.weights) + 20_000_000
    with zipfile.ZipFile(path) as archive:
        if any(entry.file_size > room for entry in archive.infolist()):
            raise PortraitError(f"{path}: unpacks to more than its network has room for; the file is damaged")


def model_path(path=SHIPPED):
    """The .keras file meant by a path, a run folder, or the name of a model that comes with the package.

    Raises PortraitError if there is none.
    """
    if str(path) in shipped_models():
        return WEIGHTS / f"{path}.keras"
    path = Path(path)
    if path.is_dir():
        path = path / BEST
    if not path.is_file():
        raise PortraitError(
            f"{path}: no such model; name a .keras file, a folder of runs/, or one that comes with the package: "
            f"{', '.join(shipped_models())}"
        )
    return path


def is_model(text):
    """Whether a word on the command line means a model rather than a photo, a folder of photos or a camera."""
    path = Path(text)
    shipped = (WEIGHTS / f"{text}.tflite").is_file()
    return shipped or path.suffix in (".keras", ".tflite", ".onnx") or (path / BEST).is_file()


def shipped_models():
    """Names of the models that come with the package."""
    return sorted(path.stem for path in WEIGHTS.glob("*.keras"))


def newest_model():
    """The best.keras written last below runs/, or the name of the shipped model if there is none."""
    found = sorted(RUNS.glob(f"*/{BEST}"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else SHIPPED


def weights_hash(model):
    """SHA-256 over all weights in their order."""
    import keras

    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight), "float32").tobytes())
    return digest.hexdigest()
