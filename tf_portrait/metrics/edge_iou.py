"""IoU in which pixels near the outline of the person count more."""

import cv2
import numpy as np

from tf_portrait.metrics.iou import check_masks, portrait_iou, ratio

SIGMAS = (3, 5, 10, 20, 40, 80)
MODES = ("paper", "symmetric")


def edge_iou(pred, true, sigma, mode="paper", counted=None, distance=None):
    """IoU weighted by exp(-d^2 / (2 sigma^2)), d the distance in pixels to the outline (PortraitNet eq. 11-12).

    mode: "paper" takes the equation as printed, with weight 0 off the true person, which makes it a recall that
    false alarms outside cannot lower; "symmetric" weights both sides. d is the distance to the nearest pixel of the
    other class. Without an outline (empty or full truth) it is portrait_iou.
    counted: boolean (H, W), False where a pixel is left out; None counts all.
    distance: outline_distance(true) where it is known already; it takes most of the time.
    """
    pred, true, counted = check_masks(pred, true, counted)
    if mode not in MODES:
        raise ValueError(f"mode={mode!r}; use one of {', '.join(MODES)}")
    if sigma <= 0:
        raise ValueError(f"sigma={sigma!r}; it is a distance in pixels above 0")
    if true.all() or not true.any():
        return portrait_iou(pred, true, counted)
    distance = outline_distance(true) if distance is None else distance
    where = (true if mode == "paper" else pred | true) & counted
    weight = np.exp(distance[where].astype(np.float64) ** 2 / (-2.0 * sigma**2))
    return ratio(np.sum(weight[(pred & true)[where]]), np.sum(weight))


def outline_distance(true):
    """(H, W) float32: how far each pixel is from the nearest one of the other class, in pixels."""
    inside = true.astype(np.uint8)
    distances = [cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for side in (inside, 1 - inside)]
    return np.where(true, *distances)
