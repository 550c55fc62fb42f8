"""The scores of one photo, by name."""

import numpy as np

from tf_portrait.metrics.boundary_f1 import boundary_f1
from tf_portrait.metrics.edge_iou import SIGMAS, edge_iou, outline_distance
from tf_portrait.metrics.iou import class_miou, portrait_iou

BAND_AT_224 = 15  # SINet's band; it grows with the photo
MAIN = ("iou", "boundary_f1")
METRICS = (*MAIN, "class_miou", *(f"edge_iou_{sigma}" for sigma in SIGMAS), "edge_iou_3_symmetric")


def band_width(shape):
    """The odd kernel that is 15 pixels where the longest side is 224."""
    return 2 * int(BAND_AT_224 * max(shape) / 224 / 2) + 1


def photo_scores(alpha, mask, threshold=0.5, metrics=METRICS):
    """{name: value} of one photo. alpha: (H, W) in 0..1. mask: (H, W[, 2]) uint8, see split_mask. metrics: of METRICS.

    The distance to the outline, which most of the time of the edge IoUs goes to, is computed once, if at all.
    Raises ValueError for a metric that does not exist.
    """
    pred, (true, counted) = np.asarray(alpha) > threshold, split_mask(mask)
    distance = outline_distance(true) if any(name.startswith("edge") for name in metrics) else None
    return {name: _score(name, pred, true, counted, distance) for name in metrics}


def main_score(alpha, mask, threshold=0.5):
    """{"iou", "boundary_f1"} of one photo, which comparisons show."""
    return photo_scores(alpha, mask, threshold, MAIN)


def split_mask(mask):
    """A mask (H, W[, 2]) uint8 as booleans (H, W): the person, and what counts (None where all does).

    The second plane is 255 where a pixel counts; one that was blended with an ignored one does not.
    """
    mask = np.asarray(mask)
    return (mask > 127, None) if mask.ndim == 2 else (mask[..., 0] > 127, mask[..., 1] == 255)


def _score(name, pred, true, counted, distance):
    if name == "iou":
        return portrait_iou(pred, true, counted)
    if name == "class_miou":
        return class_miou(pred, true, counted)
    if name == "boundary_f1":
        return boundary_f1(pred, true, band_width(true.shape), counted)
    if name not in METRICS:
        raise ValueError(f"metric {name!r} is unknown; use some of {', '.join(METRICS)}")
    sigma, _, mode = name.removeprefix("edge_iou_").partition("_")
    return edge_iou(pred, true, int(sigma), mode or "paper", counted, distance)
