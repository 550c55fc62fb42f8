"""The boundary target drawn from a mask."""

import cv2
import numpy as np

from tf_portrait.errors import PortraitError

TARGETS = ("canny", "contour", "adaptive", "distance")
WIDTH_AT_224 = 4
WIDEST_AT_512 = 50


def boundary_target(mask, how="canny"):
    """The outline of a mask, 4 pixels wide at 224 (PortraitNet section 3.2) and in proportion elsewhere.

    mask: (H, W) uint8, 0..255. how: "canny" (the paper: Canny, then dilated) or "contour" (the authors' code: contours
    drawn with that thickness, along the photo's edge too where the person leaves it); "adaptive" (BANet section 3.2:
    up to 50 pixels wide at 512, the wider the larger the person) or "distance" (ELB section 2.2: 1 on the boundary,
    falling to 0 at the pixel farthest from it). Returns (H, W), uint8 0 or 1, float32 0..1 for "distance".
    """
    person = (mask > 127).astype(np.uint8)
    width = max(1, round(WIDTH_AT_224 * min(mask.shape) / 224))
    if how == "adaptive":
        width = max(1, round(WIDEST_AT_512 * person.mean() * min(mask.shape) / 512))
    if how in ("canny", "adaptive"):
        edges = cv2.Canny(person * 255, 50, 150)
        return cv2.dilate(edges, np.ones((width, width), np.uint8)) // 255
    if how == "distance":
        return _nearness(person)
    if how == "contour":
        contours, _ = cv2.findContours(person, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
        return cv2.drawContours(np.zeros_like(person), contours, -1, 1, width)
    raise PortraitError(f"boundary={how!r} is unknown; use canny, contour, adaptive or distance")


def _nearness(person):
    if person.min() == person.max():
        return np.zeros(person.shape, np.float32)
    distance = sum(cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (person, 1 - person)) - 1
    return (1 - distance / max(distance.max(), 1)).astype(np.float32)
