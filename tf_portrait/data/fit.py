"""How a photo is fitted to the square that the network sees: one setting for training, evaluation and phones."""

import cv2
import numpy as np

from tf_portrait.errors import PortraitError

FITS = ("stretch", "letterbox")
PAD = 128  # gray around a letter-boxed or rotated photo, as in the authors' code


def fit_matrix(height, width, size, fit):
    """The 2x3 affine from photo pixels to network pixels, with pixel centers at whole numbers (half-pixel resize)."""
    top, bottom, left, right = fit_box(height, width, size, fit)
    x, y = (right - left) / width, (bottom - top) / height
    return np.array([[x, 0, left + 0.5 * x - 0.5], [0, y, top + 0.5 * y - 0.5]], np.float32)


def fit_photo(rgb, size, fit):
    """(H, W, 3) uint8 -> (size, size, 3) uint8, area-averaged where it shrinks."""
    height, width = rgb.shape[:2]
    top, bottom, left, right = fit_box(height, width, size, fit)
    inner = resize(rgb, right - left, bottom - top)
    if fit == "stretch":
        return inner
    return cv2.copyMakeBorder(inner, top, size - bottom, left, size - right, cv2.BORDER_CONSTANT, value=(PAD, PAD, PAD))


def fit_mask(mask, size, fit):
    """(H, W) uint8 -> (size, size) uint8, as its photo is fitted; nobody is in the padding."""
    top, bottom, left, right = fit_box(*mask.shape, size, fit)
    inner = resize(mask, right - left, bottom - top)
    return cv2.copyMakeBorder(inner, top, size - bottom, left, size - right, cv2.BORDER_CONSTANT, value=0)


def unfit(probability, height, width, fit):
    """Network output (size, size) back to (height, width), the padding cut off, bilinear."""
    top, bottom, left, right = fit_box(height, width, probability.shape[0], fit)
    return cv2.resize(probability[top:bottom, left:right], (width, height), interpolation=cv2.INTER_LINEAR)


def resize(image, width, height):
    """Averages areas along an axis that shrinks; then interpolates linearly along one that grows."""
    smaller = min(width, image.shape[1]), min(height, image.shape[0])
    if smaller != image.shape[1::-1]:
        image = cv2.resize(image, smaller, interpolation=cv2.INTER_AREA)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


def fit_box(height, width, size, fit):
    """Top, bottom, left, right of the photo inside the square, in whole pixels; halves are rounded to even."""
    if fit not in FITS:
        raise PortraitError(f"fit={fit!r} is unknown; use one of {', '.join(FITS)}")
    if fit == "stretch":
        return 0, size, 0, size
    scale = size / max(height, width)
    inner_height, inner_width = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (size - inner_height) // 2, (size - inner_width) // 2
    return top, top + inner_height, left, left + inner_width
