"""Contact sheets: what goes into a network and what comes out, side by side."""

import cv2
import numpy as np

from tf_portrait.files import write_bytes

IGNORED = (60, 100, 220)
_STRIP = 22  # pixels of the caption under a photo


def contact_sheet(rows, captions=None, groups=2):
    """Pictures in rows, `groups` rows side by side, with an optional caption under each row's first picture.

    rows: lists of (H, W, 3) uint8, all of one size. Returns (H, W, 3) uint8 RGB.
    """
    strips = []
    for index, pictures in enumerate(rows):
        strip = np.hstack([cv2.copyMakeBorder(p, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255,) * 3) for p in pictures])
        if captions:
            strip = cv2.copyMakeBorder(strip, 0, _STRIP, 0, 0, cv2.BORDER_CONSTANT, value=(255,) * 3)
            place = (4, strip.shape[0] - 7)
            cv2.putText(strip, captions[index], place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        strips.append(strip)
    while len(strips) % groups:
        strips.append(np.full_like(strips[0], 255))
    lines = [np.hstack(strips[i : i + groups]) for i in range(0, len(strips), groups)]
    return np.vstack(lines)


def write_png(path, rgb):
    """Writes (H, W, 3) uint8 RGB as a PNG, whole or not at all."""
    data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()
    write_bytes(path, data)


def as_picture(gray):
    """(H, W) probability or uint8 -> (H, W, 3) uint8; of a mask with ignored pixels (H, W, 2), these are blue."""
    if gray.ndim == 3:
        return np.where(gray[..., 1:] < 255, np.uint8(IGNORED), gray[..., :1])
    if gray.dtype != np.uint8:
        gray = cv2.convertScaleAbs(gray, alpha=255)
    return np.repeat(gray[..., None], 3, axis=2)
