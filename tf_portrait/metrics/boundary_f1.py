"""F1 of the person inside a band around the true outline (SINet section 4)."""

import cv2
import numpy as np

from tf_portrait.metrics.iou import check_masks, ratio


def boundary_f1(pred, true, width=15, counted=None):
    """F1 score of one photo within dilate(true) - erode(true), kernel width x width; 1 if there is nothing to find.

    width: odd, in pixels of the masks given. SINet's figure is 15 at 224 x 224.
    counted: boolean (H, W), False where a pixel is left out; None counts all.
    """
    pred, true, counted = check_masks(pred, true, counted)
    if width < 1 or width % 2 == 0:
        raise ValueError(f"width={width!r}; the band needs an odd kernel")
    kernel = np.ones((width, width), np.uint8)
    person = true.astype(np.uint8)
    band = (cv2.dilate(person, kernel) != cv2.erode(person, kernel)) & counted
    hits = np.sum(pred & true & band)
    return ratio(2 * hits, np.sum(pred & band) + np.sum(true & band))
