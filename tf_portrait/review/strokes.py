"""The brush: strokes as the page draws them, and what they make of a mask."""

import math

import cv2
import numpy as np

from tf_portrait.errors import PortraitError

MOST_POINTS = 20_000  # of one photo
_SHIFT = 4  # OpenCV's fixed-point coordinates: sixteenths of a pixel


def check_strokes(strokes):
    """The strokes of a request, each {"person": bool, "radius": r, "points": [[x, y], ..]}.

    x and y are 0..1 across the photo and down it; the radius is in widths of the photo.
    Raises PortraitError for anything else.
    """
    try:
        checked = [
            {
                "person": bool(stroke["person"]),
                "radius": _number(stroke["radius"], 1e-4, 0.5),
                "points": [[_number(x, -1, 2), _number(y, -1, 2)] for x, y in stroke["points"]],
            }
            for stroke in strokes
        ]
    except (TypeError, KeyError, ValueError) as error:
        raise PortraitError(f"strokes of the brush: cannot be read ({error})") from error
    if sum(len(stroke["points"]) for stroke in checked) > MOST_POINTS:
        raise PortraitError(f"strokes of the brush: more than {MOST_POINTS} points; reject the photo, or mend less")
    return [stroke for stroke in checked if stroke["points"]]


def mend(mask, strokes):
    """A mask, (H, W[, 2]) uint8 as data/masks.py has it, with strokes drawn onto it; a stroke's pixels all count."""
    person = np.ascontiguousarray(mask if mask.ndim == 2 else mask[..., 0])
    counted = None if mask.ndim == 2 else np.ascontiguousarray(mask[..., 1])
    for stroke in strokes:
        cover = _cover(stroke, *person.shape)
        weight = cover / 255.0
        person = np.uint8(np.round(person * (1 - weight) + (255 * weight if stroke["person"] else 0)))
        if counted is not None:
            counted = np.where(cover > 0, 255, counted)
    return person if counted is None else np.dstack([person, counted]).astype(np.uint8)


def _cover(stroke, height, width):
    """(H, W) uint8: 255 where the round brush was, a slope of a pixel at its edge."""
    cover = np.zeros((height, width), np.uint8)
    # A pixel's center is at half a pixel for the page, at a whole number for OpenCV.
    points = np.array(stroke["points"]) * (width, height) - 0.5
    fixed = np.int32(np.round(points * 2**_SHIFT)).reshape(-1, 1, 2)
    diameter = max(1, round(2 * stroke["radius"] * width))
    if len(fixed) == 1:
        radius = max(1, round(stroke["radius"] * width * 2**_SHIFT))
        center = tuple(int(value) for value in fixed[0, 0])
        return cv2.circle(cover, center, radius, 255, cv2.FILLED, cv2.LINE_AA, _SHIFT)
    return cv2.polylines(cover, [fixed], False, 255, diameter, cv2.LINE_AA, _SHIFT)


def _number(value, low, high):
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not (math.isfinite(value) and low <= value <= high)
    ):
        raise ValueError(f"{value!r} is no number from {low} to {high}")
    return value
