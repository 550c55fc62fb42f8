"""Deformation: flip, rotation, resize, translation and the fit to the network, all in one warp."""

import cv2
import numpy as np

from tf_portrait.data.fit import PAD, fit_matrix

TURNED = 100.0  # degrees: a phone on its side, and a bit


def deformation(rng, height, width, size, fit, augmentation):
    """A random 2x3 affine from photo pixels to network pixels.

    The photo is deformed about its center in its own pixels, where a rotation is a rotation, and then fitted.
    """
    a = augmentation
    drawn = rng.random(5) < a.probability
    flip = -1.0 if a.flip and drawn[0] else 1.0
    angle = np.deg2rad(rng.uniform(-a.rotation, a.rotation)) if drawn[1] else 0.0
    if a.turned and rng.random() < a.turned:
        angle = np.deg2rad(rng.uniform(-TURNED, TURNED))
    scale = rng.uniform(*a.resize) if drawn[2] else 1.0
    dx, dy = rng.uniform(-a.translation, a.translation, 2) if drawn[3] else (0.0, 0.0)
    stretch = a.aspect ** rng.uniform(-0.5, 0.5) if drawn[4] else 1.0
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    # Stretched first and turned then, so that the person's proportions change by what was drawn, at any angle.
    linear = np.array([[cos, sin], [-sin, cos]]) @ np.diag([flip * stretch, 1 / stretch])
    center = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = center - linear @ center + np.array([dx * width, dy * height])
    inner = np.vstack([np.column_stack([linear, shift]), [0, 0, 1]])
    return (fit_matrix(height, width, size, fit) @ inner).astype(np.float32)


def warp(image, matrix, size, border=PAD):
    """image (H, W[, C]) uint8 through the affine -> (size, size[, C]); halved first where it would alias.

    border: what comes in from outside, a number or one for each channel.
    """
    while np.sqrt(abs(np.linalg.det(matrix[:, :2]))) < 0.5 and min(image.shape[:2]) > 1:
        height, width = image.shape[:2]
        image = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        fx, fy = width / (width // 2), height / (height // 2)
        grow = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1]])
        matrix = matrix @ grow
    border = border if isinstance(border, tuple) else (border,) * 3
    return cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=border
    )
