"""The scores of one photo."""

import numpy as np

from tf_portrait.metrics.boundary_f1 import boundary_f1
from tf_portrait.metrics.iou import portrait_iou

BAND_AT_224 = 15  # SINet's band; it grows with the photo


def band_width(shape):
    """The odd kernel that is 15 pixels where the longest side is 224."""
    return 2 * int(BAND_AT_224 * max(shape) / 224 / 2) + 1


def main_score(alpha, mask, threshold=0.5):
    """{"iou", "boundary_f1"} of one photo, which comparisons show. alpha: (H, W) in 0..1. mask: (H, W) uint8."""
    pred, true = np.asarray(alpha) > threshold, mask > 127
    return {"iou": portrait_iou(pred, true), "boundary_f1": boundary_f1(pred, true, band_width(true.shape))}
