"""Pictures without a person: places, plain walls, a covered lens, noise, drawn screens. In no paper.

A network that has only ever seen portraits finds a person in a black frame.
"""

import cv2
import numpy as np

from tf_portrait.data.fit import resize

PLAIN = ((0, 0, 0), (255, 255, 255), (128, 128, 128))
WORDS = ("Settings", "Hello", "12:30", "Lorem ipsum", "Cancel", "Search", "42 %", "Menu")


def nobody(rng, size, backgrounds=None):
    """One picture (S, S, 3) uint8 RGB. backgrounds: photos of places by index; without any, all are drawn."""
    if backgrounds is not None and rng.random() < 0.5:
        return random_crop(rng, backgrounds, size)
    kind = rng.integers(4)
    if kind == 0:
        return np.full((size, size, 3), _color(rng), np.uint8)
    if kind == 1:
        return _noise(rng, size)
    return _gradient(rng, size) if kind == 2 else _screen(rng, size)


def random_crop(rng, backgrounds, size):
    """A random square of a random photo, mirrored half the time, as (S, S, 3) uint8."""
    scene = backgrounds[int(rng.integers(len(backgrounds)))]
    height, width = scene.shape[:2]
    side = int(min(height, width) * rng.uniform(0.5, 1.0))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    scene = resize(scene[top : top + side, left : left + side], size, size)
    return scene[:, ::-1] if rng.random() < 0.5 else scene


def _color(rng):
    """Black, white, gray, or any."""
    pick = rng.integers(len(PLAIN) + 1)
    return rng.integers(0, 256, 3) if pick == len(PLAIN) else np.array(PLAIN[pick])


def _noise(rng, size):
    """A color with noise of one grain, fine to coarse: a dark sensor, or a broken picture."""
    cells = int(rng.choice((size, size // 2, size // 8, 4)))
    grain = rng.normal(0, rng.uniform(5, 90), (cells, cells, 3)).astype(np.float32)
    grain = cv2.resize(grain, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.clip(_color(rng) + grain, 0, 255).astype(np.uint8)


def _gradient(rng, size):
    """From one color to another, in any direction: a wall in the light of a lamp, a sky."""
    angle, line = rng.uniform(0, 2 * np.pi), np.linspace(-1, 1, size)
    ramp = (0.5 + 0.35 * (np.cos(angle) * line[:, None] + np.sin(angle) * line))[..., None]
    first, second = _color(rng), rng.integers(0, 256, 3)
    return np.clip(first + ramp * (second - first), 0, 255).astype(np.uint8)


def _screen(rng, size):
    """Windows and words on a plain ground."""
    picture = np.full((size, size, 3), _color(rng), np.uint8)
    for _ in range(int(rng.integers(2, 14))):
        corner, other = (tuple(map(int, rng.integers(0, size, 2))) for _ in range(2))
        color = tuple(map(int, _color(rng)))
        if rng.random() < 0.5:
            cv2.rectangle(picture, corner, other, color, -1 if rng.random() < 0.6 else 1)
        else:
            scale = float(rng.uniform(0.3, 2.0)) * size / 256
            cv2.putText(picture, str(rng.choice(WORDS)), corner, cv2.FONT_HERSHEY_SIMPLEX, scale, color, 1, cv2.LINE_AA)
    return picture
