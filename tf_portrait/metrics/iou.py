"""Intersection over union."""

import numpy as np


def check_masks(pred, true):
    """Both as boolean (H, W) arrays of one shape; raises ValueError otherwise."""
    pred, true = np.asarray(pred), np.asarray(true)
    if pred.dtype != bool or true.dtype != bool:
        raise ValueError(f"masks must be boolean, not {pred.dtype} and {true.dtype}; compare with a threshold first")
    if pred.shape != true.shape or pred.ndim != 2:
        raise ValueError(f"masks must share one (H, W) shape, not {pred.shape} and {true.shape}")
    return pred, true


def ratio(part, whole):
    """part / whole, where nothing of nothing is 1."""
    return float(part / whole) if whole > 0 else 1.0


def portrait_iou(pred, true):
    """IoU of the person in one photo (PortraitNet eq. 10); 1 if both masks are empty.

    The mean over photos is the figure of PortraitNet and SINet; class_miou is another one.
    """
    pred, true = check_masks(pred, true)
    return ratio(np.sum(pred & true), np.sum(pred | true))


def class_miou(pred, true):
    """Mean of the IoU of person and of background in one photo (ELB's definition)."""
    pred, true = check_masks(pred, true)
    return (portrait_iou(pred, true) + portrait_iou(~pred, ~true)) / 2
