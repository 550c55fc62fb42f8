"""Contact sheets: what goes into a network and what comes out, side by side."""

import cv2
import numpy as np
from keras import ops

from tf_portrait.files import write_bytes
from tf_portrait.losses.pixel import margin
from tf_portrait.models.normalize import normalize

_STRIP = 22  # pixels of the caption under a photo


def predict_heads(network, photos):
    """Probabilities (B, S, S) of person and, where it has that head, of boundary for photos (B, S, S, 3) uint8."""
    outputs = network(normalize(photos), training=False)
    heads = [
        ops.convert_to_numpy(ops.sigmoid(margin(outputs[head]))) for head in ("mask", "boundary") if head in outputs
    ]
    times = photos.shape[1] // heads[0].shape[1]  # a network's first stage answers in small
    return [head.repeat(times, 1).repeat(times, 2) for head in heads]


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
    """(H, W) probability or uint8 -> (H, W, 3) uint8."""
    if gray.dtype != np.uint8:
        gray = np.round(gray * 255).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)
