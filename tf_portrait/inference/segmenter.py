"""The segmenter: a photo in, an alpha out, and what people do with it."""

import hashlib
import io
import json
from pathlib import Path

import cv2
import numpy as np

from tf_portrait.data.fit import FITS, fit_photo, resize, unfit
from tf_portrait.errors import PortraitError
from tf_portrait.files import PathLike
from tf_portrait.inference import compose
from tf_portrait.inference.peers import OnnxModel, interface_for, is_known
from tf_portrait.inference.stream import Stream
from tf_portrait.inference.tflite import TFLiteModel, check_mark, read_bytes
from tf_portrait.inference.trial import try_out
from tf_portrait.models.archive import SHIPPED, WEIGHTS, load_model, model_path
from tf_portrait.models.card import CARD, read_card

CONTRACT = "model_contract.json"
_TAIL = 1 << 16  # bytes at the end of a .tflite file where a card may be


class Segmenter:
    """A model, ready for photos.

    model: the name of one that comes with the package (its int8 file is used), a .keras file, a run folder, an exported
    .tflite, or someone's .tflite or .onnx. backend: of a .tflite, "ai_edge_litert" or "tflite_runtime"; None takes what
    is installed. threads: of the CPU, for .tflite and .onnx. input_range ("0,255", "0,1", "-1,1") and output ("person",
    "background", "logits", "classes:N", "logits:N"; see inference/interface.py): of someone's file that is not known.
    Threads may share a segmenter: on one .tflite they take turns; for more speed give each its own.
    runtime: what runs the network (inference/runtime.py). shape: (height, width) that it takes, size: the height.
    prior: whether it takes the previous mask too, which a photo has none of; see video().
    Raises PortraitError if there is no such model, it is damaged, or nobody says what it takes.
    """

    def __init__(
        self,
        model: PathLike = SHIPPED,
        backend: str | None = None,
        threads: int = 1,
        input_range: str | None = None,
        output: str | None = None,
    ):
        self.runtime, self.card = _open(model, backend, threads, input_range, output)
        self.shape, self.prior = self.runtime.shape, self.runtime.channels == 4
        self.fit, self.threshold = self.card["fit"], self.card["threshold"]
        if self.fit != "stretch" and self.shape[0] != self.shape[1]:
            raise PortraitError(f"{model}: takes {self.shape} pixels, and fit={self.fit} needs a square")

    @property
    def size(self):
        """Height of the photos that the network takes; ours are square."""
        return self.shape[0]

    def __call__(self, rgb):
        """(H, W, 3) uint8 RGB -> alpha (H, W) float32, 0 background to 1 person."""
        return self.to_photo_size(self.probability(rgb), rgb.shape)

    def probability(self, rgb):
        """The alpha at the network's size, `shape`, where smoothing over time belongs."""
        rgb = np.asarray(rgb)
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise PortraitError(f"a photo must be (H, W, 3) uint8 RGB, not {rgb.shape} {rgb.dtype}")
        return self.run(self.fitted(rgb))

    def run(self, photo, previous=None):
        """The network on a photo of fitted(). previous: the mask before (H, W) in 0..1 at its size; None is nobody.

        A network without a prior does not look at it.
        """
        if not self.prior:
            return self.runtime.probability(photo)
        mask = np.zeros(self.shape, np.uint8) if previous is None else cv2.convertScaleAbs(previous, alpha=255)
        return self.runtime.probability(np.dstack([photo, mask]))

    def video(self, smoothing=None):
        """A Stream for the frames of one video or camera, one after another; see inference/stream.py."""
        return Stream(self, smoothing)

    def fitted(self, rgb):
        """(H, W, 3) uint8 -> the photo as the network sees it, (*shape, 3) uint8."""
        if self.fit == "stretch":
            return resize(rgb, *self.shape[::-1])
        return fit_photo(rgb, self.size, self.fit)

    def to_photo_size(self, probability, shape):
        """Probability at the network's size -> alpha of a photo of this shape (H, W, ..)."""
        if self.fit == "stretch":
            return cv2.resize(probability, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
        return unfit(probability, shape[0], shape[1], self.fit)

    def blur(self, rgb, radius=15):
        """The photo with its background blurred; see compose.blur."""
        return compose.blur(rgb, self(rgb), radius)

    def replace(self, rgb, background):
        """The person in front of another picture; see compose.replace."""
        return compose.replace(rgb, self(rgb), background)

    def cutout(self, rgb):
        """The person on transparent ground, (H, W, 4) uint8; see compose.cutout."""
        return compose.cutout(rgb, self(rgb))


def says_itself(model):
    """Whether a model needs no input_range and output: it is ours, or someone's file that is known."""
    path = Path(model)
    if path.suffix not in (".tflite", ".onnx"):
        return True
    content = read_bytes(path)
    return bool(card_of_file(content, path) or _card_of_contract(content, path) or is_known(content))


def read_contract(path):
    """The contract of exported files; {} if there is none. Raises PortraitError if it is damaged."""
    try:
        contract = json.loads(Path(path).read_text())
        if not all(isinstance(contract.get(part, {}), dict) for part in ("model", "input", "output", "files")):
            raise ValueError("its parts are no objects")
        return contract
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise PortraitError(f"{path}: cannot be read ({error}); export the model again") from error


def _open(model, backend, threads, input_range, output):
    """The Runtime that a name or path means, and its card with at least "fit" and "threshold"."""
    path = Path(model)
    if (WEIGHTS / f"{model}.tflite").is_file():
        path = WEIGHTS / f"{model}.tflite"
    if path.suffix == ".onnx":
        content = read_bytes(path)
        interface, trusted = interface_for(content, path, input_range, output)
        return OnnxModel(content, path, interface, threads, trusted), {"fit": "stretch", "threshold": 0.5}
    if path.suffix == ".tflite":
        return _open_tflite(path, backend, threads, input_range, output)
    if input_range or output:
        raise PortraitError(f"{model}: --input-range and --output are for .tflite and .onnx files of others")
    model_path(model)  # a wrong name is told before Keras is imported
    from tf_portrait.quiet import quiet_keras

    quiet_keras()
    from tf_portrait.inference.probability import KerasModel

    network, card = load_model(model)
    return KerasModel(network, card["size"]), card


def _open_tflite(path, backend, threads, input_range, output):
    """Our file by its card or the contract beside it, someone's by what is known or told of it."""
    content = read_bytes(path)
    check_mark(content, path)
    card = card_of_file(content, path) or _card_of_contract(content, path)
    if card:
        if input_range or output:
            raise PortraitError(f"{path}: made by this package; it needs no --input-range and no --output")
        return TFLiteModel(path, backend, threads, content=content), card
    interface, trusted = interface_for(content, path, input_range, output)
    if not trusted:
        try_out(content, path, backend)
    runtime = TFLiteModel(path, backend, threads, interface, content)
    if runtime.channels != 3:
        raise PortraitError(f"{path}: takes {runtime.channels} channels; of others' files, only those of RGB are run")
    return runtime, {"fit": "stretch", "threshold": 0.5}


def card_of_file(content, path):
    """The card behind a .tflite file of this package (exporting.tflite.metadata puts it there); None without one.

    Raises PortraitError if the card is damaged, or the file is not the one that it was written for.
    """
    if CARD.encode() not in content[-_TAIL:]:
        return None
    card = read_card(io.BytesIO(content), path)
    graph = content[: content.rfind(b"PK\x03\x04")]
    if hashlib.sha256(graph).hexdigest() != card.get("file_sha256"):
        raise PortraitError(f"{path}: hash mismatch, the file is not as it was exported; get it again")
    return {"threshold": 0.5, **card}


def _card_of_contract(content, path):
    """What the contract beside a file says of it; None where it does not name the file."""
    place = path.with_name(CONTRACT)
    contract = read_contract(place)
    entry = contract.get("files", {}).get(path.name)
    if entry is None:
        return None
    if not isinstance(entry, dict) or hashlib.sha256(content).hexdigest() != entry.get("sha256"):
        raise PortraitError(f"{path}: hash mismatch with {place}; the file is not as it was exported, get it again")
    fit, threshold = contract["input"].get("fit"), contract["output"].get("threshold")
    if fit not in FITS or not isinstance(threshold, int | float) or not 0 < threshold < 1:
        raise PortraitError(f"{place}: says fit={fit!r:.40}, threshold={threshold!r:.40}; export the model again")
    return {**contract["model"], "fit": fit, "threshold": threshold}
