"""What one exported file says of real photos, against the Keras model and against the masks."""

import os
import warnings
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait.data.fit import fit_photo, unfit
from tf_portrait.data.picks import spread
from tf_portrait.data.previous_mask import with_priors
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.tflite.preflight import preflight
from tf_portrait.inference.tflite import TFLiteModel
from tf_portrait.metrics import main_score

LIMIT = 200  # photos to judge on; more change the means little
METRICS = ("iou", "boundary_f1")


class Judge:
    """Photos to judge on, and what the Keras model says of them.

    source[i] is (photo, mask). deployed: of deploy(); where it takes the previous mask, the photos get none, a near
    one and another's by turns. fit, threshold: of the model's card.
    """

    def __init__(self, source, deployed, fit, threshold, limit=LIMIT):
        picks = spread(len(source), limit)
        self.fit, self.threshold = fit, threshold
        pairs = _readable(source, picks)
        self.masks = [mask for _, mask in pairs]
        size = deployed.input_shape[1]
        self.photos = np.stack([fit_photo(photo, size, fit) for photo, _ in pairs])
        if deployed.input_shape[3] == 4:
            self.photos = with_priors(self.photos, self.masks, fit)
        self.expected = self.run(
            lambda photo: deployed.predict_on_batch(photo[None].astype("float32"))[0, ..., 0], "Keras"
        )
        self.keras = self._scores(self.expected)

    def run(self, model, name):
        """Alphas (N, S, S) of all photos by model(photo (S, S, C) uint8)."""
        return np.stack([model(photo) for photo in tqdm(self.photos, desc=name, unit="photo")])

    def judge(self, model, name):
        """A dict of metrics, and of how far the file is from the Keras model."""
        alphas = self.run(model, name)
        difference = np.abs(alphas - self.expected)
        scores = self._scores(alphas)
        return {
            **{metric: float(np.mean(values)) for metric, values in scores.items()},
            "label_agreement": float(np.mean((alphas > self.threshold) == (self.expected > self.threshold))),
            "max_difference": float(difference.max()),
            "p99_99_difference": float(np.quantile(difference, 0.9999)),
            "mean_difference": float(difference.mean()),
            "iou_of_photos": scores["iou"],
        }

    def keras_means(self):
        """The Keras model's own metrics."""
        return {metric: float(np.mean(values)) for metric, values in self.keras.items()}

    def _scores(self, alphas):
        rows = [
            main_score(unfit(alpha, *mask.shape[:2], self.fit), mask, self.threshold)
            for alpha, mask in zip(alphas, self.masks, strict=True)
        ]
        return {metric: [row[metric] for row in rows] for metric in METRICS}


def _readable(source, picks):
    """The picked (photo, mask) of a source, without those that cannot be read; each of the others counts once."""
    pairs = []
    for pick in picks:
        try:
            pairs.append(source[int(pick)])
        except PortraitError as error:
            warnings.warn(f"left out: {error}", stacklevel=3)
    if not pairs:
        raise PortraitError("no photo to judge the export on can be read; see train.py --check")
    return pairs


def open_exported(path):
    """An exported file as a Runtime (inference/runtime.py)."""
    if Path(path).suffix == ".tflite":
        return TFLiteModel(path)
    if Path(path).suffix in (".mlpackage", ".mlmodel"):
        from tf_portrait.exporting.coreml.reference import CoreMLModel

        return CoreMLModel(path)
    raise PortraitError(f"{path}: neither .tflite nor .mlpackage nor .mlmodel")


def measure(path, judge):
    """All facts about one exported file: judge's, its size in bytes, and preflight's for a .tflite."""
    path = Path(path)
    facts = preflight(path) if path.suffix == ".tflite" else {"bytes": bytes_of(path)}
    return {**judge.judge(open_exported(path).probability, path.name), **facts}


def bytes_of(path):
    """Size of a file, or of all files in a package."""
    if Path(path).is_file():
        return os.path.getsize(path)
    return sum(os.path.getsize(file) for file in Path(path).rglob("*") if file.is_file())
