"""The ways to run a network on a video: frame by frame, smoothed, with the previous mask, and both.

"smoothing" is what predict.py does; "smoothing 0.5" and the like are its ratio alone, without holding what rests.
"""

import numpy as np

from tf_portrait.inference.smoothing import RATIO, TemporalSmoother
from tf_portrait.inference.stream import Stream

RATIOS = (0.5, RATIO, 1.0)  # of the curve
MEDIAPIPE_RATIO = 0.7  # combine_with_previous_ratio of its pose landmarks' graph, the only one that smooths a person


class EntropySmoother(TemporalSmoother):
    """MediaPipe's rule (SegmentationSmoothingCalculator): entropy weighs the previous mask.

    Its code has a polynomial in (p - 0.5)^2; the square of the entropy in bits is within 0.01 of that everywhere.
    """

    def uncertainty(self, current):
        """(-p log2 p - (1 - p) log2 (1 - p))^2."""
        p = np.clip(current, 1e-7, 1 - 1e-7)
        return (p * np.log2(p) + (1 - p) * np.log2(1 - p)) ** 2


def methods_of(segmenter, frames, ratios=RATIOS):
    """{method: masks (S, S) at the network's size} of a segmenter on the frames of one video.

    The network runs once frame by frame and, if it takes the previous mask, once with it; smoothing comes after.
    """
    alone = [segmenter.probability(frame) for frame in frames]
    made = {"per frame": alone, **_smoothed("", segmenter, frames, alone, ratios)}
    if segmenter.prior:
        stream = Stream(segmenter, TemporalSmoother(0, 0))
        with_prior = [stream.probability(frame) for frame in frames]
        made |= {"prior": with_prior, **_smoothed("prior + ", segmenter, frames, with_prior, ratios)}
    if "network" not in segmenter.card:  # someone else's
        made["MediaPipe's rule"] = _through(segmenter, frames, alone, EntropySmoother(MEDIAPIPE_RATIO, hold=0))
    return made


def _smoothed(prefix, segmenter, frames, masks, ratios):
    smoothers = {"smoothing": TemporalSmoother()}
    smoothers |= {f"smoothing {ratio}": TemporalSmoother(ratio, hold=0) for ratio in ratios}
    return {prefix + name: _through(segmenter, frames, masks, smoother) for name, smoother in smoothers.items()}


def _through(segmenter, frames, masks, smoother):
    """Masks after a smoother that forgets where a Stream does."""
    stream = Stream(_Recorded(segmenter, masks), smoother)
    return [stream.probability(frame) for frame in frames]


class _Recorded:
    """A segmenter that has seen the video before: it gives the masks one after another."""

    def __init__(self, segmenter, masks):
        self.fitted, self._masks = segmenter.fitted, iter(masks)

    def run(self, photo, previous=None):
        return next(self._masks)
