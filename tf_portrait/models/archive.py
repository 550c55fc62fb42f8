"""Model files: an ordinary .keras archive that also says what it is (`portrait.json` inside).

Plain `keras.models.load_model` opens them too; what this package adds is the fit, the threshold, the training's
metrics, and a hash that tells damage from a wrong file.
"""

import hashlib
import json
import zipfile
from pathlib import Path

import keras
import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.files import write_atomically
from tf_portrait.models import build

CARD = "portrait.json"
BEST = "best.keras"  # the model of a run, in its folder
RUNS = Path("runs")
WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
SHIPPED = "portraitnet"  # of WEIGHTS: what is used where no model is named
VERSION = 1


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


def load_model(path):
    """A network and its card from a .keras file or a run folder that holds best.keras.

    Raises PortraitError if it is missing, damaged, not made by this package, or of another version.
    """
    path = model_path(path)
    card = read_card(path)
    if card["version"] != VERSION:
        raise PortraitError(f"{path}: file version {card['version']}, this package reads {VERSION}; train it again")
    model = build(card["network"], **card["options"])
    try:
        model.load_weights(str(path))
    except Exception as error:  # whatever zipfile, h5py and Keras raise on damage
        raise PortraitError(f"{path}: its weights cannot be read ({error}); the file is damaged") from error
    if weights_hash(model) != card["weights_sha256"]:
        raise PortraitError(f"{path}: hash mismatch, the weights are not those that were saved; get the file again")
    return model, card


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
    return text in shipped_models() or path.suffix in (".keras", ".tflite") or (path / BEST).is_file()


def shipped_models():
    """Names of the models that come with the package."""
    return sorted(path.stem for path in WEIGHTS.glob("*.keras"))


def newest_model():
    """The best.keras written last below runs/, or the name of the shipped model if there is none."""
    found = sorted(RUNS.glob(f"*/{BEST}"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else SHIPPED


def read_card(path):
    """The card inside a .keras file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read(CARD))
    except KeyError as error:
        raise PortraitError(f"{path}: a Keras file that tf_portrait did not make (no {CARD} inside)") from error
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise PortraitError(f"{path}: not a model file or damaged ({error})") from error


def weights_hash(model):
    """SHA-256 over all weights in their order."""
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight), "float32").tobytes())
    return digest.hexdigest()
