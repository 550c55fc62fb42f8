"""Backgrounds for synthetic portraits: rooms, streets, foliage and clutter, some of it in skin colors."""

import cv2
import numpy as np

from tf_portrait.data.drawn.shapes import SKIN_TONES, blob, fill, jitter, random_color


def draw_scene(rng, size):
    """A background (size, size, 3) uint8 RGB."""
    image = _wall(rng, size)
    kinds = (_clutter, _shelves, _foliage, _bokeh)
    for draw in rng.permutation(len(kinds))[: rng.integers(1, 4)]:
        kinds[draw](rng, image)
    _skin_distractors(rng, image)
    if rng.random() < 0.6:  # a lens focused on the person
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 5.0) * size / 224)
    return image


def _wall(rng, size):
    """Smooth color noise between a few corners, with fine grain."""
    cells = int(rng.integers(2, 9))
    base = random_color(rng)
    corners = np.clip(base + rng.normal(0, rng.uniform(5, 45), (cells, cells, 3)), 0, 255).astype(np.float32)
    image = cv2.resize(corners, (size, size), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, rng.uniform(0, 8), (size // 2, size // 2)).astype(np.float32)
    image += cv2.resize(grain, (size, size))[..., None]
    return np.clip(image, 0, 255).astype(np.uint8)


def _clutter(rng, image):
    size = image.shape[0]
    for _ in range(rng.integers(4, 22)):
        x, y = rng.uniform(0, size, 2)
        width, height = rng.uniform(0.02, 0.35, 2) * size
        color = random_color(rng)
        if rng.random() < 0.6:
            angle = rng.choice((0.0, rng.uniform(0, 90)))
            fill(image, None, cv2.boxPoints(((x, y), (width, height), angle)), color)
        else:
            fill(image, None, blob(x, y, width / 2, height / 2, rng, wobble=0.15), color)


def _shelves(rng, image):
    """Rows of upright boxes, like books or windows."""
    size = image.shape[0]
    top, depth = rng.uniform(0, 0.6) * size, rng.uniform(0.08, 0.25) * size
    for row in range(rng.integers(1, 4)):
        x, y = 0.0, top + row * depth * 1.15
        while x < size:
            width, height = rng.uniform(0.02, 0.09) * size, depth * rng.uniform(0.6, 1.0)
            corners = np.array([[x, y + depth - height], [x + width, y + depth - height], [x + width, y + depth]])
            fill(image, None, np.vstack([corners, [x, y + depth]]), random_color(rng))
            x += width * rng.uniform(1.0, 1.3)


def _foliage(rng, image):
    size, count = image.shape[0], int(rng.integers(60, 220))
    base = np.array([rng.uniform(20, 90), rng.uniform(70, 150), rng.uniform(20, 80)])
    colors = np.clip(base + rng.normal(0, 35, (count, 3)), 0, 255)
    centers = rng.integers(0, size, (count, 2))
    length = rng.uniform(0.01, 0.05, (count, 1)) * size
    axes = np.maximum(1, length * np.column_stack([np.ones(count), rng.uniform(0.3, 1, count)])).astype(int)
    for color, center, axis, angle in zip(colors, centers, axes, rng.uniform(0, 180, count), strict=True):
        cv2.ellipse(image, center.tolist(), axis.tolist(), angle, 0, 360, color.tolist(), -1, cv2.LINE_AA)


def _bokeh(rng, image):
    size, layer = image.shape[0], image.copy()
    for _ in range(rng.integers(5, 25)):
        center = tuple(int(v) for v in rng.uniform(0, size, 2))
        cv2.circle(layer, center, int(rng.uniform(0.02, 0.08) * size), random_color(rng).tolist(), -1, cv2.LINE_AA)
    cv2.addWeighted(layer, rng.uniform(0.3, 0.9), image, 0.5, 0, dst=image)


def _skin_distractors(rng, image):
    """Furniture, boxes and ovals in the colors of skin, so that color alone does not make a person."""
    size = image.shape[0]
    for _ in range(rng.integers(0, 5)):
        color = jitter(rng, SKIN_TONES[rng.integers(len(SKIN_TONES))], 15)
        x, y = rng.uniform(0, size, 2)
        width, height = rng.uniform(0.03, 0.16, 2) * size
        if rng.random() < 0.5:
            fill(image, None, blob(x, y, width, height, rng, wobble=0.08), color)
        else:
            fill(image, None, cv2.boxPoints(((x, y), (2 * width, 2 * height), rng.uniform(0, 90))), color)
