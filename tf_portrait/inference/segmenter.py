"""The segmenter: a photo in, an alpha out, and what people do with it."""

import numpy as np

from tf_portrait.data.fit import fit_photo, unfit
from tf_portrait.errors import PortraitError
from tf_portrait.inference import compose
from tf_portrait.inference.probability import probability_model
from tf_portrait.models.files import load_model, newest_model


class Segmenter:
    """A trained model, ready for photos.

    path: a .keras file or a run folder; None takes the newest run.
    Raises PortraitError if there is no such model or it is damaged.
    """

    def __init__(self, path=None):
        self.network, self.card = load_model(newest_model() if path is None else path)
        self.size, self.fit, self.threshold = self.card["size"], self.card["fit"], self.card["threshold"]
        self._model = probability_model(self.network, self.size)

    def __call__(self, rgb):
        """(H, W, 3) uint8 RGB -> alpha (H, W) float32, 0 background to 1 person."""
        return self.to_photo_size(self.probability(rgb), rgb.shape)

    def probability(self, rgb):
        """The alpha at the network's size (size, size), where smoothing over time belongs."""
        rgb = np.asarray(rgb)
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise PortraitError(f"a photo must be (H, W, 3) uint8 RGB, not {rgb.shape} {rgb.dtype}")
        return np.asarray(self._model.predict_on_batch(fit_photo(rgb, self.size, self.fit)[None]))[0]

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
