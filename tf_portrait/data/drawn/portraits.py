"""Procedural portraits with exact masks: drawn people in front of drawn clutter, for a start without photos."""

import cv2
import numpy as np

from tf_portrait.data.drawn.person import draw_person
from tf_portrait.data.drawn.scene import draw_scene


class SyntheticPortraits:
    """`count` portraits by index; source[i] is (photo (S, S, 3) uint8 RGB, mask (S, S) uint8, anti-aliased).

    The same seed and index give the same portrait; another size, the same one at that size up to rounding.
    """

    def __init__(self, count, size=224, seed=0):
        self._count, self._size, self._seed = count, size, seed

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        if not 0 <= index < self._count:
            raise IndexError(index)
        return portrait(np.random.default_rng((self._seed, index)), self._size)


def portrait(rng, size=224):
    """One portrait: (photo (size, size, 3) uint8 RGB, mask (size, size) uint8)."""
    image = draw_scene(rng, size)
    mask = np.zeros((size, size), np.uint8)
    if rng.random() < 0.12:  # a second person, behind and to the side; both are foreground
        side = rng.choice((-1, 1))
        draw_person(rng, image, mask, (0.5 + side * rng.uniform(0.22, 0.36), rng.uniform(0.3, 0.45)), 0.14)
    center = (rng.normal(0.5, 0.08), rng.uniform(0.28, 0.5))
    draw_person(rng, image, mask, center, rng.uniform(0.13, 0.27))
    return _camera(rng, _light(rng, image, mask)), mask


def _light(rng, image, mask):
    """Directed light: a ramp over the person, another over the scene."""
    size = image.shape[0]
    across = np.linspace(-1, 1, size, dtype=np.float32)
    ramps = []
    for strength in (0.35, 0.25):
        angle, tilt = rng.uniform(0, 2 * np.pi), rng.uniform(0, strength)
        x, y = np.float32(tilt * np.cos(angle)) * across, np.float32(tilt * np.sin(angle)) * across
        ramps.append(np.float32(rng.uniform(0.75, 1.15)) + x[None, :] + y[:, None])
    field = ramps[1] + (ramps[0] - ramps[1]) * (mask * np.float32(1 / 255))
    tint = rng.uniform(0.92, 1.08, 3).astype(np.float32)
    return cv2.multiply(image, field[..., None] * tint, dtype=cv2.CV_8U)


def _camera(rng, image):
    if rng.random() < 0.5:
        image = cv2.GaussianBlur(image, (3, 3), rng.uniform(0.4, 0.9))
    noise = rng.standard_normal(image.shape[:2], np.float32) * np.float32(rng.uniform(0, 5))
    return cv2.add(image, cv2.merge([noise] * 3), dtype=cv2.CV_8U)
