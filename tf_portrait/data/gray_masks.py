"""What levels of gray in a mask mean: by exact levels, then by soft edges."""

import cv2
import numpy as np

from tf_portrait.data.readings import Reading, by_convention, unclear, words_of


def from_gray(gray, lossy, path):
    """A Reading of (H, W) uint8. Raises UnclearMask (path: of its file) if the levels could mean several things."""
    if not cv2.inRange(gray, 1, 254).any():  # the usual mask, known in a tenth of the time
        return Reading(gray, "0/255")
    counts = np.bincount(gray.ravel(), minlength=256)
    levels = np.flatnonzero(counts).tolist()
    found = set(levels)
    if found <= {0, 1}:
        return Reading(gray * np.uint8(255), "0/1")
    if found <= {0, 1, 255} and 1 in found:
        if found == {0, 1, 255} and _is_rim(gray == 255):
            return by_convention(gray == 1, gray == 255, "0/1, a rim of 255 ignored")
        raise unclear(path, levels, "1 or 255 may be the person")
    if len(levels) == 2 and levels[0] <= 8 and levels[1] >= 247:
        return Reading((gray > 127).astype(np.uint8) * 255, "black/white")
    if levels[-1] < 128 or len(levels) <= 3:
        raise unclear(path, levels, "neither 0/1 nor 0..255")
    flat = _flat_levels(gray, counts, lossy)
    if flat:
        raise unclear(path, levels, f"flat areas of {words_of(flat)} look like classes or persons, not like soft edges")
    return Reading(gray, "soft 0..255")


def _flat_levels(gray, counts, lossy):
    """Levels between black and white that fill areas; the edge of a soft mask is a slope.

    A level counts as an area if nearly all of it lies flat, or if that is so of most of what is neither black nor
    white, or if there are few levels at all. Near black and white, a mask that was a JPEG once may be off by a little.
    """
    same = cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) == 0
    flat, near = np.bincount(gray[same], minlength=256), np.ones(256, bool)
    near[17:239] = False
    limit = np.where(near, np.inf if lossy else 0.02, 0.002) * gray.size
    limit[[0, 255]] = np.inf
    few = np.count_nonzero(counts) <= 8
    mostly = flat[~near].sum() > 0.5 * counts[~near].sum()
    return np.flatnonzero((flat > limit) & (few | mostly | (flat > 0.85 * counts))).tolist()


def _is_rim(region):
    """Whether a region is nowhere thicker than a seventeenth of the mask."""
    width = 2 * (max(region.shape) // 34) + 1
    padded = np.pad(region.astype(np.uint8), 1)
    return not cv2.erode(padded, np.ones((width, width), np.uint8)).any()
