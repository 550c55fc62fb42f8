"""Drawing tools of the synthetic portraits: anti-aliased shapes on a photo and, where given, on its mask."""

import cv2
import numpy as np

_SHIFT = 4  # fractional bits of OpenCV's coordinates

SKIN_TONES = np.array(
    [[255, 224, 196], [241, 194, 165], [224, 172, 130], [198, 134, 90], [150, 95, 60], [105, 65, 42], [72, 44, 32]],
    float,
)
HAIR_COLORS = np.array(
    [[25, 20, 18], [55, 36, 24], [95, 62, 36], [150, 105, 60], [205, 170, 110], [120, 50, 25], [150, 148, 145]], float
)


def random_color(rng):
    """Any color, grays more often than paint."""
    gray = rng.uniform(15, 245)
    return np.clip(gray + rng.normal(0, rng.uniform(0, 60), 3), 0, 255)


def jitter(rng, color, spread):
    return np.clip(color + rng.normal(0, spread, 3), 0, 255)


def blob(x, y, rx, ry, rng=None, wobble=0.0, points=36):
    """A closed outline (points, 2) about an ellipse, its radius wobbling smoothly."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points)
    if wobble:
        for k in (2, 3, 5, 7):
            radius += wobble * rng.uniform(-1, 1) / np.sqrt(k) * np.cos(k * t + rng.uniform(0, 6.3))
    return np.column_stack([x + rx * radius * np.cos(t), y + ry * radius * np.sin(t)])


def smooth(points, rounds=2):
    """Cuts the corners of a closed outline (Chaikin)."""
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1).reshape(-1, 2)
    return points


def fill(image, mask, points, color):
    """Fills an outline (N, 2) of pixels on the image and, if given, on the mask."""
    outline = [np.round(points * 2**_SHIFT).astype(np.int32)]
    cv2.fillPoly(image, outline, [float(c) for c in color], cv2.LINE_AA, _SHIFT)
    if mask is not None:
        cv2.fillPoly(mask, outline, 255, cv2.LINE_AA, _SHIFT)


def line(image, mask, points, color, thickness=1, closed=False):
    """Draws a line through points (N, 2) on the image and, if given, on the mask."""
    path = [np.round(points * 2**_SHIFT).astype(np.int32)]
    thickness = max(1, round(thickness))
    cv2.polylines(image, path, closed, [float(c) for c in color], thickness, cv2.LINE_AA, _SHIFT)
    if mask is not None:
        cv2.polylines(mask, path, closed, 255, thickness, cv2.LINE_AA, _SHIFT)


def fill_pattern(image, mask, points, pattern):
    """Fills an outline with a picture (H, W, 3) of the image's size, and the mask."""
    stamp = np.zeros(image.shape[:2], np.uint8)
    fill(stamp, mask, points, (255,))
    alpha = stamp[..., None] * np.float32(1 / 255)
    image[:] = image + (pattern - image) * alpha
