"""Smoothing over time: the previous mask helps where the current one does not know, and where nothing has moved."""

import cv2
import numpy as np

RATIO = 0.8
HOLD = 0.85
STILL = 2, 6  # gray levels that a pixel changes by: up to the first it rests, from the second on it has moved
_AROUND = np.ones((3, 3), np.uint8)


class TemporalSmoother:
    """Blends each mask with the smoothed one before it, at the network's size.

    ratio: weight of the previous mask where the current probability is 0.5; it falls to nothing where the current
    mask is sure, so a moving person leaves no trail. hold: its weight, at least, where the picture rests, however sure
    the mask is: a mask that changes there trembles. 0 and 0 smooth nothing.
    """

    def __init__(self, ratio=RATIO, hold=HOLD):
        if not (0 <= ratio <= 1 and 0 <= hold < 1):
            raise ValueError(f"ratio={ratio!r} must be in 0..1, hold={hold!r} too, and below 1")
        self._ratio, self._hold, self._previous, self._photo = ratio, hold, None, None

    def uncertainty(self, current):
        """0 where a probability is 0 or 1, 1 where it is 0.5."""
        return 1.0 - (2.0 * current - 1.0) ** 2

    def reset(self):
        """Forgets the masks so far."""
        self._previous = self._photo = None

    def __call__(self, probability, photo):
        """The next mask (S, S) in 0..1, and what it is of, (S, S, 3) uint8 as the network saw it -> (S, S), smoothed.

        The first mask, or one of another size, passes as it is.
        """
        current = np.asarray(probability, np.float32)
        if self._previous is not None and self._previous.shape == current.shape:
            weight = np.maximum(self._ratio * self.uncertainty(current), self._hold * stillness(self._photo, photo))
            current = current + weight * (self._previous - current)
        self._previous, self._photo = current, photo
        return current


def stillness(before, now):
    """1 where a picture rests, 0 where it has moved: by the largest change of a pixel and of those around it.

    before, now: (S, S, 3) uint8. Returns (S, S) float32; see STILL.
    """
    rests, moved = STILL
    change = cv2.dilate(cv2.absdiff(before, now), _AROUND).max(axis=2)
    return np.clip((moved - change.astype(np.float32)) / (moved - rests), 0, 1)
