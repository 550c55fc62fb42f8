"""The score that picks the best checkpoint: portrait IoU at the photos' own size."""

import warnings

import numpy as np

from tf_portrait.data.fit import fit_photo, unfit
from tf_portrait.data.previous_mask import with_priors
from tf_portrait.errors import PortraitError
from tf_portrait.metrics import portrait_iou, split_mask

LIMIT = 500  # photos; more change the mean little and cost every epoch
BATCH = 16


class Validation:
    """Validation photos, fitted once and kept; source[i] is (photo (H, W, 3) uint8, mask (H, W[, 2]) uint8).

    prior: for a network that takes the previous mask: the photos get none, a near one and another's, by turns.
    """

    def __init__(self, source, size, fit, limit=LIMIT, seed=0, prior=False):
        count = len(source)
        picks = np.arange(count)
        if count > limit:
            picks = np.sort(np.random.default_rng(seed).choice(count, limit, replace=False))
        pairs = []
        for pick in picks:
            try:
                pairs.append(source[int(pick)])
            except PortraitError as error:
                warnings.warn(f"left out of the validation: {error}", stacklevel=2)
        if not pairs:
            raise PortraitError("no validation photo can be read; see --check")
        self.fit = fit
        self.masks, self.counted = zip(*(split_mask(mask) for _, mask in pairs), strict=True)
        self.photos = np.stack([fit_photo(photo, size, fit) for photo, _ in pairs])
        if prior:
            self.photos = with_priors(self.photos, [mask for _, mask in pairs], fit)

    def __len__(self):
        return len(self.masks)

    def probabilities(self, model, picks=None):
        """(N, S, S) from a probability_model, of the picked photos; None is all."""
        photos = self.photos if picks is None else self.photos[picks]
        chunks = range(0, len(photos), BATCH)
        return np.concatenate([np.asarray(model.predict_on_batch(photos[i : i + BATCH])) for i in chunks])

    def scores(self, model, picks=None):
        """Portrait IoU of each of the picked photos by a probability_model; picks: indices, None for all."""
        picks = range(len(self)) if picks is None else picks
        if not len(picks):
            return []
        return [
            portrait_iou(unfit(probability, *self.masks[i].shape, self.fit) > 0.5, self.masks[i], self.counted[i])
            for i, probability in zip(picks, self.probabilities(model, np.asarray(picks)), strict=True)
        ]

    def iou(self, model):
        """Mean of the scores."""
        return float(np.mean(self.scores(model)))
