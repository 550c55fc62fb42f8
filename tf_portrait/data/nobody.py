"""Frames without a person: a covered lens, a wall, noise, a screen, which a network may take for anything."""

import cv2
import numpy as np


def black(rng, size):
    """A covered lens: black, with a sensor's noise."""
    return _noisy(rng, np.zeros((size, size, 3)), rng.uniform(0, 4))


def white(rng, size):
    """A white wall or a lamp."""
    return _noisy(rng, np.full((size, size, 3), 255.0), rng.uniform(0, 4))


def gray(rng, size):
    """A plain wall, the light falling off to one side."""
    angle, across = rng.uniform(0, 2 * np.pi), np.linspace(-1, 1, size)
    ramp = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    return _noisy(rng, (rng.uniform(60, 200) + rng.uniform(0, 40) * ramp)[..., None] * np.ones(3), rng.uniform(0, 6))


def noise(rng, size):
    """Noise in grains of one pixel or more."""
    grains = max(2, size // int(rng.choice((1, 2, 4, 16))))
    return cv2.resize(rng.integers(0, 256, (grains, grains, 3), dtype=np.uint8), (size, size))


def screen(rng, size):
    """A screen of one color, often the green of studios."""
    color = (20, 200, 60) if rng.random() < 0.4 else rng.uniform(0, 255, 3)
    return _noisy(rng, np.ones((size, size, 1)) * color, rng.uniform(0, 6))


def color_bars(rng, size):
    """Bars of colors, as screens and projectors show."""
    bars = rng.integers(0, 256, (1, int(rng.integers(2, 10)), 3), dtype=np.uint8)
    card = cv2.resize(bars, (size, size), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(card.swapaxes(0, 1)) if rng.random() < 0.5 else card


WORDS = ("Settings", "Hello", "12:30", "Lorem ipsum", "Cancel", "Search", "42 %", "Menu")


def page(rng, size):
    """Windows and words on a plain ground, as a shared screen shows."""
    picture = np.full((size, size, 3), rng.choice((0, 255, int(rng.integers(256)))), np.uint8)
    for _ in range(int(rng.integers(2, 14))):
        corner, other = (tuple(map(int, rng.integers(0, size, 2))) for _ in range(2))
        color = tuple(map(int, rng.integers(0, 256, 3)))
        if rng.random() < 0.5:
            cv2.rectangle(picture, corner, other, color, -1 if rng.random() < 0.6 else 1)
        else:
            scale = float(rng.uniform(0.3, 2.0)) * size / 256
            cv2.putText(picture, str(rng.choice(WORDS)), corner, cv2.FONT_HERSHEY_SIMPLEX, scale, color, 1, cv2.LINE_AA)
    return picture


# name -> function of a generator and a size, to (size, size, 3) uint8 RGB
FRAMES = {
    "black": black,
    "white": white,
    "gray": gray,
    "noise": noise,
    "screen": screen,
    "color bars": color_bars,
    "page": page,
}
PHOTOGRAPHED = 0.7  # part of the person-free training samples that are crops of backgrounds, where there are any


def frame_without_person(rng, size, backgrounds=None):
    """(size, size, 3) uint8 RGB for training: a random crop of a background, or one of FRAMES."""
    if backgrounds is not None and rng.random() < PHOTOGRAPHED:
        return background_crop(rng, size, backgrounds)
    return FRAMES[list(FRAMES)[int(rng.integers(len(FRAMES)))]](rng, size)


def background_crop(rng, size, backgrounds):
    """A random square of a random background, (size, size, 3) uint8, mirrored half of the time."""
    scene = backgrounds[int(rng.integers(len(backgrounds)))]
    height, width = scene.shape[:2]
    side = max(1, int(min(height, width) * rng.uniform(0.5, 1.0)))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    square = scene[top : top + side, left : left + side]
    interpolation = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    scene = cv2.resize(square, (size, size), interpolation=interpolation)
    return np.ascontiguousarray(scene[:, ::-1]) if rng.random() < 0.5 else scene


def _noisy(rng, values, sigma):
    return np.clip(np.round(values + rng.normal(0, sigma, values.shape)), 0, 255).astype(np.uint8)
