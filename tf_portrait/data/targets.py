"""The boundary target drawn from a mask."""

import cv2
import numpy as np

from tf_portrait.errors import PortraitError

WIDTH_AT_224 = 4


def boundary_target(mask, how="canny"):
    """The outline of a mask, 4 pixels wide at 224 (PortraitNet section 3.2) and in proportion elsewhere.

    mask: (H, W) uint8, 0..255. how: "canny" (the paper: Canny, then dilated) or "contour" (the authors' code: contours
    drawn with that thickness, along the photo's edge too where the person leaves it). Returns (H, W) uint8, 0 or 1.
    """
    person = (mask > 127).astype(np.uint8)
    width = max(1, round(WIDTH_AT_224 * min(mask.shape) / 224))
    if how == "canny":
        edges = cv2.Canny(person * 255, 50, 150)
        return cv2.dilate(edges, np.ones((width, width), np.uint8)) // 255
    if how == "contour":
        contours, _ = cv2.findContours(person, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
        return cv2.drawContours(np.zeros_like(person), contours, -1, 1, width)
    raise PortraitError(f"boundary={how!r} is unknown; use canny or contour")
