"""One video or camera through a segmenter: each frame helps the next, until something cuts them apart."""

import cv2

from tf_portrait.inference.smoothing import TemporalSmoother

CUT = 28.0  # gray levels between two thumbnails, in the mean: beyond it, another scene
GAP = 0.5  # seconds between two frames beyond which the older says nothing of the newer
_THUMBNAIL = (32, 32)


class Stream:
    """The state that a video needs: the previous mask for a network that takes it, and the smoothing.

    segmenter: a Segmenter; any number of streams may share one. smoothing: a TemporalSmoother; None makes one.
    All of it begins anew at a cut, after a gap or a jump in time, and where frames change their size.
    """

    def __init__(self, segmenter, smoothing=None):
        self._segmenter, self._smoothing = segmenter, smoothing or TemporalSmoother()
        self._previous = self._thumbnail = self._shape = self._seconds = None

    def __call__(self, rgb, seconds=None):
        """The next frame (H, W, 3) uint8 -> alpha (H, W) float32. seconds: when it is shown, if that is known."""
        return self._segmenter.to_photo_size(self.probability(rgb, seconds), rgb.shape)

    def probability(self, rgb, seconds=None):
        """The same at the network's size."""
        photo = self._segmenter.fitted(rgb)
        thumbnail = cv2.resize(photo, _THUMBNAIL, interpolation=cv2.INTER_AREA)
        if not self._continues(thumbnail, rgb.shape, seconds):
            self.reset()
        self._thumbnail, self._shape, self._seconds = thumbnail, rgb.shape, seconds
        self._previous = self._segmenter.run(photo, self._previous)
        return self._smoothing(self._previous, photo)

    def reset(self):
        """Forgets all frames so far, as at a cut."""
        self._previous = self._thumbnail = None
        self._smoothing.reset()

    def _continues(self, thumbnail, shape, seconds):
        """Whether a frame goes on with what the last one showed."""
        if self._thumbnail is None or shape != self._shape:
            return False
        if seconds is not None and self._seconds is not None and not 0 <= seconds - self._seconds <= GAP:
            return False
        return scene_change(self._thumbnail, thumbnail) <= CUT


def scene_change(one, other):
    """Mean difference of two pictures (H, W, 3) uint8 of one size, in gray levels."""
    return float(cv2.absdiff(one, other).mean())
