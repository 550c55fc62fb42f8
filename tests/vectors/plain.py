"""The operations of vectors/ as plain formulas in float64, without OpenCV: an oracle for the package's functions."""

import numpy as np


def area(source, target):
    """(target, source): row i averages what [i, i + 1) of the small axis covers of the large one."""
    edges = np.arange(target + 1) * source / target
    cells = np.arange(source)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    return np.clip(overlap, 0, None) * target / source


def linear(source, target):
    """(target, source): half-pixel centers, the border repeated."""
    centers = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    return np.clip(1 - np.abs(centers[:, None] - np.arange(source)), 0, None)


def resize(image, width, height):
    """Shrinking axes are averaged, then growing ones interpolated; each time rounded if the image is uint8."""
    for axes in ("shrinking", "growing"):
        weights = []
        for source, target in zip(image.shape[:2], (height, width), strict=True):
            shrinks = target < source
            matrix = (area if shrinks else linear)(source, target)
            weights.append(matrix if shrinks == (axes == "shrinking") else np.eye(source))
        image = apply(image, *weights)
    return image


def apply(image, rows, columns):
    """Weights along both axes; uint8 stays uint8."""
    values = np.einsum("ia,jb,ab...->ij...", rows, columns, image.astype(np.float64))
    return np.rint(values).clip(0, 255).astype(np.uint8) if image.dtype == np.uint8 else values


def gaussian(size, sigma, reach):
    """(size, size): weights of a Gaussian that ends at `reach`, borders mirrored without repeating the edge."""
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-(offsets**2) / (2 * sigma**2))
    matrix = np.zeros((size, size))
    for row in range(size):
        for offset, weight in zip(offsets, kernel / kernel.sum(), strict=True):
            place = abs(row + offset) % (2 * size - 2) if size > 1 else 0
            matrix[row, min(place, 2 * size - 2 - place)] += weight
    return matrix


def over(rgb, alpha, scene):
    """Alpha composition, rounded half up."""
    alpha = np.clip(alpha, 0, 1)[..., None]
    return np.floor(np.clip(scene + (rgb - scene) * alpha + 0.5, 0, 255)).astype(np.uint8)


def blur(rgb, alpha, radius):
    """The background averaged over background alone, at a quarter of the size."""
    height, width = alpha.shape
    small = max(1, width // 4), max(1, height // 4)
    weight = resize(1.0 - alpha.astype(np.float64), *small)
    colors = resize(rgb, *small) * weight[..., None]
    rows, columns = (gaussian(n, radius / 8, round(radius + 1) // 2) for n in weight.shape)
    soft = np.minimum(apply(colors, rows, columns) / (apply(weight, rows, columns) + 1e-4)[..., None], 255)
    return over(rgb.astype(np.float64), alpha, apply(soft, linear(small[1], height), linear(small[0], width)))


def yuv_to_rgb(y, u, v, full_range):
    """BT.601 with its coefficients as decimals, in float."""
    height, width = y.shape
    y = y.astype(np.float64) if full_range else (y.astype(np.float64) - 16) * 255 / 219
    gain = 1 if full_range else 255 / 224
    rows, columns = np.arange(height)[:, None] // 2, np.arange(width) // 2
    u, v = ((plane[rows, columns] - 128.0) * gain for plane in (u, v))
    rgb = np.stack([y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u], -1)
    return np.rint(rgb).clip(0, 255)
