"""Intersection over union."""

import numpy as np


def check_masks(pred, true, counted=None):
    """Both as boolean (H, W) arrays of one shape, and what counts of them; raises ValueError otherwise.

    counted: boolean (H, W), False where a pixel is left out of the score; None counts all.
    """
    pred, true = np.asarray(pred), np.asarray(true)
    counted = np.True_ if counted is None else np.asarray(counted)
    if pred.dtype != bool or true.dtype != bool or counted.dtype != bool:
        raise ValueError(f"masks must be boolean, not {pred.dtype} and {true.dtype}; compare with a threshold first")
    if pred.shape != true.shape or pred.ndim != 2 or counted.shape not in ((), pred.shape):
        raise ValueError(f"masks must share one (H, W) shape, not {pred.shape} and {true.shape}")
    return pred, true, counted


def ratio(part, whole):
    """part / whole, where nothing of nothing is 1."""
    return float(part / whole) if whole > 0 else 1.0


def portrait_iou(pred, true, counted=None):
    """IoU of the person in one photo (PortraitNet eq. 10); 1 if both masks are empty.

    The mean over photos is the figure of PortraitNet and SINet; class_miou is another one.
    counted: boolean (H, W), False where a pixel is left out; None counts all.
    """
    pred, true, counted = check_masks(pred, true, counted)
    return ratio(np.sum(pred & true & counted), np.sum((pred | true) & counted))


def class_miou(pred, true, counted=None):
    """Mean of the IoU of person and of background in one photo (ELB's definition)."""
    pred, true = np.asarray(pred), np.asarray(true)
    return (portrait_iou(pred, true, counted) + portrait_iou(~pred, ~true, counted)) / 2
