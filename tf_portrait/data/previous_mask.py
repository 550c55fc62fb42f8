"""The mask of the frame before, made up from a photo's own: what a network with a prior is trained on without a video.

PortraitNet's authors feed the previous mask as a fourth channel; their text leaves open how it is drawn. Here it is the
true mask after what happens between two frames: it moves, bends, smears, grows or shrinks, and loses or gains a part.
"""

import dataclasses

import cv2
import numpy as np

from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.fit import fit_mask

CELL = 8  # pixels between the points at which a thin-plate spline is computed; it is smooth in between
CONTROLS = 4  # control points along each side


def previous_mask(rng, mask, another, augmentation):
    """The prior of a sample: nothing, somebody else's mask, or the true one as it may have been a frame ago.

    mask: (S, S) float, 0..1, -1 where ignored. another: function that gives another photo's mask (S, S) uint8; called
    where it is needed. augmentation: its prior_empty and prior_wrong are probabilities, prior_motion the largest shift
    as part of the size. Returns (S, S) uint8, 255 person.
    """
    drawn = rng.random()
    if drawn < augmentation.prior_empty:
        return np.zeros(mask.shape, np.uint8)
    if drawn < augmentation.prior_empty + augmentation.prior_wrong:
        return another()
    before = np.round(255 * np.maximum(mask, 0)).astype(np.uint8)
    amount = rng.random() ** 2 * augmentation.prior_motion  # most frames hardly differ from the one before
    before = moved(before, *_motion(rng, mask.shape[0], amount))
    if rng.random() < 0.3:
        before = motion_blur(before, rng.uniform(0, 2 * np.pi), 2 * amount * mask.shape[0])
    if rng.random() < 0.4:
        before = grown(before, rng.uniform(-1, 1) * (0.01 + 0.3 * amount) * mask.shape[0])
    if rng.random() < 0.2:
        before = _patched(rng, before)
    if rng.random() < 0.5:  # networks answer softly
        before = cv2.GaussianBlur(before, (0, 0), rng.uniform(0.4, 1.5) * mask.shape[0] / 160)
    return before


def prior_by_turns(index, mask, another):
    """The prior of the index-th photo that judges a network: none, a previous mask, another photo's mask, by turns.

    mask, another: (S, S) uint8. Returns (S, S) uint8; the same for the same index.
    """
    if index % 3 != 1:
        return another if index % 3 else np.zeros_like(mask)
    near = dataclasses.replace(PAPER, prior_empty=0.0, prior_wrong=0.0)
    return previous_mask(np.random.default_rng(index), mask / np.float32(255), lambda: another, near)


def with_priors(photos, masks, fit):
    """Fitted photos (N, S, S, 3) uint8 with prior_by_turns as a fourth channel. masks: (H, W[, 2]) uint8 each."""
    people = [np.ascontiguousarray(mask if mask.ndim == 2 else mask[..., 0]) for mask in masks]
    fitted = [fit_mask(person, photos.shape[1], fit) for person in people]
    priors = [prior_by_turns(index, mask, fitted[index - 1]) for index, mask in enumerate(fitted)]
    return np.concatenate([photos, np.stack(priors)[..., None]], axis=-1)


def moved(mask, matrix, bend):
    """(S, S) uint8 through an affine and a thin-plate spline; who is cut off by the edge goes on beyond it.

    matrix: 2x3, from where a pixel of the result lies to where it is taken from. bend: (CONTROLS, CONTROLS, 2) float,
    by how many pixels (x, y) that place is off at control points spread evenly from edge to edge.
    """
    size = mask.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32)
    field = thin_plate(size, bend)
    places = [matrix[i][0] * x + matrix[i][1] * y + matrix[i][2] + field[..., i] for i in (0, 1)]
    return cv2.remap(mask, *(np.float32(place) for place in places), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def thin_plate(size, bend):
    """The smoothest field (size, size, 2) float32 that has these values at the control points (Bookstein, 1989).

    bend: (n, n, 2), at points spread evenly over 0..size - 1. Computed every CELL pixels, linear in between.
    """
    count = bend.shape[0]
    side = np.linspace(0, 1, count)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    ones = np.column_stack([np.ones(len(points)), points])
    system = np.block([[_kernel(points, points), ones], [ones.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.vstack([bend.reshape(-1, 2), np.zeros((3, 2))]))
    coarse = np.linspace(0, 1, max(2, size // CELL + 1))
    grid = np.stack(np.meshgrid(coarse, coarse), axis=-1).reshape(-1, 2)
    basis = np.column_stack([_kernel(grid, points), np.ones(len(grid)), grid])
    values = (basis @ weights).reshape(len(coarse), len(coarse), 2).astype(np.float32)
    place = np.arange(size, dtype=np.float32) * np.float32((len(coarse) - 1) / max(1, size - 1))
    return cv2.remap(values, *np.meshgrid(place, place), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def motion_blur(mask, angle, length):
    """The mean of (S, S) uint8 along a line of `length` pixels, rounded up to an odd number of steps, at an angle."""
    half = int(np.ceil((length - 1) / 2))
    if half < 1:
        return mask
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for step in range(-half, half + 1):
        kernel[half + round(step * np.sin(angle)), half + round(step * np.cos(angle))] += 1
    return cv2.filter2D(mask, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def grown(mask, pixels):
    """(S, S) uint8 grown by that many pixels, or shrunk where it is below 0."""
    reach = round(abs(pixels))
    if reach < 1:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return cv2.dilate(mask, kernel) if pixels > 0 else cv2.erode(mask, kernel)


def _kernel(a, b):
    """r^2 log r between points (N, 2) and (M, 2)."""
    squared = np.sum((a[:, None] - b[None]) ** 2, axis=-1)
    return 0.5 * squared * np.log(np.where(squared > 0, squared, 1.0))


def _motion(rng, size, amount):
    """An affine about the middle, and a bend: shifts up to `amount` of the size, turns and scales to match."""
    angle, scale = amount * rng.uniform(-1, 1), np.exp(amount * rng.uniform(-1, 1))
    linear = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = np.full(2, (size - 1) / 2)
    shift = middle - linear @ middle + rng.uniform(-amount, amount, 2) * size
    return np.column_stack([linear, shift]), rng.normal(0, 0.3 * amount * size, (CONTROLS, CONTROLS, 2))


def _patched(rng, mask):
    """An oval of it lost, or a false one gained: what a network's own mistakes look like a frame later."""
    size, made = mask.shape[0], mask.copy()
    center = tuple(int(place) for place in rng.integers(0, size, 2))
    axes = tuple(max(1, int(axis)) for axis in rng.uniform(0.03, 0.25, 2) * size)
    color = 0 if rng.random() < 0.5 else 255
    cv2.ellipse(made, center, axes, rng.uniform(0, 180), 0, 360, color, -1, cv2.LINE_AA)
    return made
