"""What goes wrong with photos in the field, as functions of (photo, mask, rng), for the robustness table."""

import cv2
import numpy as np

from tf_portrait.data.fit import PAD


def _of_photo(change):
    """A corruption that leaves the mask alone."""
    return lambda photo, mask, rng: (_bytes(change(photo.astype(np.float32), rng)), mask)


def _bytes(values):
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _jpeg(photo, quality):
    data = cv2.imencode(".jpg", _bytes(photo)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]


def rotate(photo, mask, degrees):
    """Both turned about the center, at the photo's size; gray and background come in at the corners."""
    height, width = mask.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turned = cv2.warpAffine(photo, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(PAD, PAD, PAD))
    return turned, cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST, borderValue=(0, 255))


def _rotation(degrees):
    """By that angle, to the left or to the right by chance."""
    return lambda photo, mask, rng: rotate(photo, mask, degrees if rng.random() < 0.5 else -degrees)


CORRUPTIONS = {
    "clean": lambda photo, mask, rng: (photo, mask),
    "dark": _of_photo(lambda photo, rng: 255 * (0.8 * photo / 255) ** 2.2),
    "over-exposed": _of_photo(lambda photo, rng: 1.6 * photo + 15),
    "noise": _of_photo(lambda photo, rng: photo + rng.normal(0, 20, photo.shape)),
    "color cast": _of_photo(lambda photo, rng: photo * (1.25, 0.95, 0.6)),
    "blur": _of_photo(lambda photo, rng: cv2.GaussianBlur(photo, (0, 0), 2.0 * max(photo.shape) / 320)),
    "JPEG 20": _of_photo(lambda photo, rng: _jpeg(photo, 20)),
    "rotated 25": _rotation(25),
    "rotated 45": _rotation(45),
    "rotated 75": _rotation(75),
    "rotated 90": _rotation(90),
}
