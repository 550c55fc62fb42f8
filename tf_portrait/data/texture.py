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
    if drawn[1]:
        rgb = cv2.transform(rgb, color_matrix(rng.uniform(*a.color)))
    if drawn[2]:
        rgb = cv2.LUT(rgb, _levels(rng.uniform(*a.brightness)))
    if drawn[3]:
        factor, mean = rng.uniform(*a.contrast), np.floor(np.array(cv2.mean(rgb)[:3]) @ LUMA + 0.5)
        rgb = cv2.LUT(rgb, _levels(factor, (1 - factor) * mean))
    if drawn[4]:
        factor = rng.uniform(*a.sharpness)
        rgb = cv2.filter2D(rgb, -1, factor * _IDENTITY + (1 - factor) * _SMOOTH)
    if drawn[5]:
        noise = rng.standard_normal(rgb.shape, np.float32) * np.float32(rng.uniform(0, a.noise))
        rgb = cv2.add(rgb, noise, dtype=cv2.CV_8U)
    return rgb.copy() if not drawn.any() else rgb


def color_matrix(factor):
    """Saturation: 0 is gray, 1 the photo. 3x3, acting on (R, G, B)."""
    return factor * np.eye(3) + (1 - factor) * LUMA


def _levels(factor, shift=0.0):
    """(256,) uint8: what each level becomes, cut off at black and white as Pillow does after each operation."""
    return np.clip(np.arange(256) * factor + shift, 0, 255).astype(np.uint8)


def _blur(rng, rgb, kernels):
    kernel = int(rng.choice(kernels))
    kind = rng.random()
    if kind < 0.3:
        return cv2.GaussianBlur(rgb, (kernel, kernel), 0)
    if kind < 0.6:
        return cv2.medianBlur(rgb, kernel)
    return cv2.blur(rgb, (kernel, kernel))
