"""Texture changes, which leave the mask as it is: noise, blur, color, brightness, contrast, sharpness."""

import cv2
import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])
# Pillow's SMOOTH kernel: sharpness blends between the photo and this.
_SMOOTH = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.float32) / 13.0
_IDENTITY = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32)


def change_texture(rng, rgb, augmentation):
    """View A' of view A. rgb: (H, W, 3) uint8. Returns a new array of the same kind."""
    a = augmentation
    drawn = rng.random(6) < a.probability
    if drawn[0]:
        rgb = _blur(rng, rgb, a.blur)
    linear = []
    if drawn[1]:
        linear.append(color_matrix(rng.uniform(*a.color)))
    if drawn[2]:
        linear.append(np.diag([rng.uniform(*a.brightness)] * 3 + [1.0]))
    matrix = np.eye(4)
    for step in linear:
        matrix = step @ matrix
    if drawn[3]:
        mean = matrix[:3, :3] @ np.array(cv2.mean(rgb)[:3]) @ LUMA
        matrix = contrast_matrix(rng.uniform(*a.contrast), mean) @ matrix
    if drawn[1:4].any():
        rgb = cv2.transform(rgb, matrix[:3])
    if drawn[4]:
        factor = rng.uniform(*a.sharpness)
        rgb = cv2.filter2D(rgb, -1, factor * _IDENTITY + (1 - factor) * _SMOOTH)
    if drawn[5]:
        noise = rng.standard_normal(rgb.shape, np.float32) * np.float32(rng.uniform(0, a.noise))
        rgb = cv2.add(rgb, noise, dtype=cv2.CV_8U)
    return rgb.copy() if not drawn.any() else rgb


def color_matrix(factor):
    """Saturation: 0 is gray, 1 the photo. 4x4, acting on (R, G, B, 1)."""
    matrix = np.eye(4)
    matrix[:3, :3] = factor * np.eye(3) + (1 - factor) * LUMA
    return matrix


def contrast_matrix(factor, mean):
    """Contrast about the mean gray level: 0 is flat, 1 the photo. 4x4."""
    matrix = np.diag([factor, factor, factor, 1.0])
    matrix[:3, 3] = (1 - factor) * mean
    return matrix


def _blur(rng, rgb, kernels):
    kernel = int(rng.choice(kernels))
    kind = rng.random()
    if kind < 0.3:
        return cv2.GaussianBlur(rgb, (kernel, kernel), 0)
    if kind < 0.6:
        return cv2.medianBlur(rgb, kernel)
    return cv2.blur(rgb, (kernel, kernel))
