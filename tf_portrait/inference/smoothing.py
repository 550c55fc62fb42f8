"""Smoothing over time: the previous mask helps where the current one does not know."""

import numpy as np

RATIO = 0.8


class TemporalSmoother:
    """Blends each mask with the smoothed one before it, at the network's size.

    ratio: weight of the previous mask where the current probability is 0.5; it falls to nothing where the current
    mask is sure, so a moving person leaves no trail. 0 smooths nothing.
    """

    def __init__(self, ratio=RATIO):
        if not 0 <= ratio <= 1:
            raise ValueError(f"ratio={ratio!r} must be in 0..1")
        self._ratio, self._previous = ratio, None

    def uncertainty(self, current):
        """0 where a probability is 0 or 1, 1 where it is 0.5."""
        return 1.0 - (2.0 * current - 1.0) ** 2

    def reset(self):
        """Forgets the masks so far."""
        self._previous = None

    def __call__(self, probability):
        """(S, S) in 0..1 -> (S, S), smoothed. The first mask, or one of another size, passes as it is."""
        current = np.asarray(probability, np.float32)
        if self._previous is not None and self._previous.shape == current.shape:
            current = current + self._ratio * self.uncertainty(current) * (self._previous - current)
        self._previous = current
        return current
