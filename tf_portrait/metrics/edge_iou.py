"""IoU in which pixels near the outline of the person count more."""

import cv2
import numpy as np

from tf_portrait.metrics.iou import check_masks, portrait_iou, ratio

SIGMAS = (3, 5, 10, 20, 40, 80)
MODES = ("paper", "symmetric")


def edge_iou(pred, true, sigma, mode="paper"):
    """IoU weighted by exp(-d^2 / (2 sigma^2)), d the distance in pixels to the outline (PortraitNet eq. 11-12).

    mode: "paper" takes the equation as printed, with weight 0 off the true person, which makes it a recall that
    false alarms outside cannot lower; "symmetric" weights both sides. d is the distance to the nearest pixel of the
    other class. Without an outline (empty or full truth) it is portrait_iou.
    """
    pred, true = check_masks(pred, true)
    if mode not in MODES:
        raise ValueError(f"mode={mode!r}; use one of {', '.join(MODES)}")
    if sigma <= 0:
        raise ValueError(f"sigma={sigma!r}; it is a distance in pixels above 0")
    if true.all() or not true.any():
        return portrait_iou(pred, true)
    weight = np.where(true, _distance(true), _distance(~true))
    weight = np.exp(-(weight.astype(np.float64) ** 2) / (2.0 * sigma**2))
    if mode == "paper":
        weight = weight * true
    return ratio(np.sum(weight[pred & true]), np.sum(weight[pred | true]))


def _distance(inside):
    return cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
