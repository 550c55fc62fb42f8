"""What the page shows of a photo: itself, shrunk, and what lies outside of the mask in one color."""

import collections
import threading
from concurrent.futures import Future

import cv2
import numpy as np

from tf_portrait.data.fit import resize
from tf_portrait.data.store import read_pair

LONGEST_SIDE = 1024
OUTSIDE = (0, 90, 255)  # RGB of what is not the person; the page's brush has it too
KEPT = 48  # photos in memory


class Pictures:
    """Encoded pictures by item; each is made once while it is kept, whoever asks for it. For several threads."""

    def __init__(self):
        self._made, self._lock = collections.OrderedDict(), threading.Lock()

    def get(self, item):
        """(JPEG of the photo, PNG of OUTSIDE with the mask as transparency), as bytes, of one size.

        Raises PortraitError if photo or mask cannot be read; the next call tries again.
        """
        with self._lock:
            future = self._made.get(item.id)
            mine = future is None
            if mine:
                future = self._made[item.id] = Future()
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            self._made.move_to_end(item.id)
        if mine:
            try:
                future.set_result(render(item.pair))
            except BaseException as error:
                with self._lock:
                    self._made.pop(item.id, None)
                future.set_exception(error)
        return future.result()


def render(pair):
    """The two pictures of Pictures.get."""
    photo, mask = read_pair(pair)
    height, width = photo.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    photo, mask = resize(photo, *size), resize(mask, *size)
    outside = np.empty((*mask.shape[:2], 4), np.uint8)
    outside[..., :3] = OUTSIDE[::-1]
    outside[..., 3] = 255 - mask if mask.ndim == 2 else np.where(mask[..., 1] > 127, 255 - mask[..., 0], 128)
    _, jpeg = cv2.imencode(".jpg", np.ascontiguousarray(photo[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 88])
    _, png = cv2.imencode(".png", outside, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return jpeg.tobytes(), png.tobytes()
