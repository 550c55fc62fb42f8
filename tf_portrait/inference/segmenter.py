"""The segmenter: a photo in, an alpha out, and what people do with it."""

import json
from pathlib import Path

import numpy as np

from tf_portrait.data.fit import fit_photo, unfit
from tf_portrait.errors import PortraitError
from tf_portrait.inference import compose
from tf_portrait.inference.probability import probability_model
from tf_portrait.inference.tflite import TFLiteModel
from tf_portrait.models.archive import SHIPPED, load_model

CONTRACT = "model_contract.json"


def read_contract(path):
    """The contract of exported files; {} if there is none. Raises PortraitError if it is damaged."""
    try:
        return json.loads(Path(path).read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PortraitError(f"{path}: cannot be read ({error}); export the model again") from error


class Segmenter:
    """A trained model, ready for photos.

    path: the name of a model that comes with the package, a .keras file, a run folder, or an exported .tflite.
    backend: of a .tflite, "ai_edge_litert" or "tflite_runtime"; None takes what is installed.
    Raises PortraitError if there is no such model or it is damaged.
    """

    def __init__(self, path=SHIPPED, backend=None):
        if Path(path).suffix == ".tflite":
            self._open_tflite(path, backend)
            return
        self.network, self.card = load_model(path)
        self.size, self.fit, self.threshold = self.card["size"], self.card["fit"], self.card["threshold"]
        model = probability_model(self.network, self.size)
        self._run = lambda photo: np.asarray(model.predict_on_batch(photo[None]))[0]

    def _open_tflite(self, path, backend):
        """A file of quantize_export.py; the contract beside it says how photos are fitted."""
        self._run, self.network = TFLiteModel(path, backend), None
        self.invoke = self._run.interpreter.invoke  # the network alone, for the clock
        height, width = self._run.shape
        if height != width:
            raise PortraitError(f"{path}: takes {height}x{width} photos; the segmenter needs a square")
        contract = read_contract(Path(path).with_name(CONTRACT))
        self.card = contract.get("model", {})
        self.size, self.fit = height, contract.get("input", {}).get("fit", "stretch")
        self.threshold = contract.get("output", {}).get("threshold", 0.5)

    def __call__(self, rgb):
        """(H, W, 3) uint8 RGB -> alpha (H, W) float32, 0 background to 1 person."""
        return self.to_photo_size(self.probability(rgb), rgb.shape)

    def probability(self, rgb):
        """The alpha at the network's size (size, size), where smoothing over time belongs."""
        rgb = np.asarray(rgb)
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise PortraitError(f"a photo must be (H, W, 3) uint8 RGB, not {rgb.shape} {rgb.dtype}")
        return self._run(fit_photo(rgb, self.size, self.fit))

    def to_photo_size(self, probability, shape):
        """Probability (size, size) -> alpha of a photo of this shape (H, W, ..)."""
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
