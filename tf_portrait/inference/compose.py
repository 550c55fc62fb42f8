"""What an alpha is for: blurred background, another background, a cut-out."""

import cv2
import numpy as np

from tf_portrait.data.fit import resize
from tf_portrait.errors import PortraitError

MAX_RADIUS = 1000  # pixels
_STRIP = 1 << 15  # pixels that are composed at once: what a processor keeps near, three times as fast


def blur(rgb, alpha, radius=15):
    """Blurs the background alone: the person's colors do not bleed into it, so there is no halo.

    rgb: (H, W, 3) uint8. alpha: (H, W) in 0..1. radius: of the blur in pixels. Returns (H, W, 3) uint8.
    The background is averaged over background pixels only (normalized convolution), at a quarter of the size.
    """
    check_radius(radius)
    height, width = rgb.shape[:2]
    small = max(1, width // 4), max(1, height // 4)
    weight = resize(1.0 - alpha.astype(np.float32), *small)
    colors = resize(rgb, *small).astype(np.float32) * weight[..., None]
    soft = _gaussian(colors, radius) / (_gaussian(weight, radius) + 1e-4)[..., None]
    soft = cv2.resize(np.minimum(soft, 255), (width, height), interpolation=cv2.INTER_LINEAR)
    return over(rgb, alpha, soft)


def check_radius(radius):
    """Raises PortraitError if a blur's radius is nan, not above 0 or beyond MAX_RADIUS."""
    if not 0 < radius <= MAX_RADIUS:
        raise PortraitError(f"blur radius {radius:g} must be above 0 and at most {MAX_RADIUS} pixels")


def replace(rgb, alpha, background):
    """Puts the person in front of another picture, which is scaled and cropped to cover the photo.

    rgb: (H, W, 3) uint8. alpha: (H, W) in 0..1. background: (h, w, 3) uint8. Returns (H, W, 3) uint8.
    """
    return over(rgb, alpha, cover(background, *rgb.shape[:2]))


def cover(background, height, width):
    """A picture scaled until it covers a photo of this size, and its middle cut out: (height, width, 3) uint8."""
    scale = max(height / background.shape[0], width / background.shape[1])
    inner_width = max(width, round(background.shape[1] * scale))
    inner_height = max(height, round(background.shape[0] * scale))
    scene = resize(background, inner_width, inner_height)
    top, left = (inner_height - height) // 2, (inner_width - width) // 2
    return np.ascontiguousarray(scene[top : top + height, left : left + width])


def cutout(rgb, alpha):
    """The photo with the alpha as fourth channel: (H, W, 4) uint8."""
    return np.dstack([rgb, cv2.convertScaleAbs(np.clip(alpha, 0, 1), alpha=255)])


def over(rgb, alpha, scene):
    """The person in front of a scene of the photo's size: (H, W, 3), 0..255. Returns (H, W, 3) uint8.

    In strips, as one float32 copy of a photo of 200 megapixels takes 2.4 GB.
    """
    made, rows = np.empty_like(rgb), max(1, _STRIP // max(1, rgb.shape[1]))
    for top in range(0, rgb.shape[0], rows):
        strip = slice(top, top + rows)
        weight = cv2.merge([np.clip(alpha[strip], 0, 1).astype(np.float32)] * 3)
        mixed = rgb[strip] - scene[strip].astype(np.float32)
        mixed *= weight
        mixed += scene[strip]
        mixed += 0.5
        made[strip] = mixed
    return made


def _gaussian(image, radius):
    """At a quarter of the photo's size sigma is radius / 8; the kernel ends at four sigma, borders are mirrored."""
    reach = round(radius + 1) // 2
    return cv2.GaussianBlur(image, (2 * reach + 1,) * 2, radius / 8, borderType=cv2.BORDER_REFLECT_101)
