"""What phones do to photos: bad exposure, color casts, soft focus, JPEG. Masks stay as they are; in no paper."""

import cv2
import numpy as np

GAMMA = (0.5, 2.4)
GAIN = (0.7, 1.5)
CAST = (0.6, 1.3)
SOFT = (0.5, 2.0)
QUALITY = (20, 70)


def degrade(rng, rgb, probability):
    """Each of four faults with `probability`. rgb: (H, W, 3) uint8. Returns the same kind."""
    drawn = rng.random(4) < probability
    if drawn[0] or drawn[1]:
        rgb = cv2.LUT(rgb, _curves(rng, *drawn[:2]))
    if drawn[2]:
        rgb = cv2.GaussianBlur(rgb, (0, 0), rng.uniform(*SOFT) * rgb.shape[0] / 224)
    if drawn[3]:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*QUALITY))]
        encoded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), quality)[1]  # OpenCV takes BGR
        rgb = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB)
    return rgb


def _curves(rng, exposure, cast):
    """(1, 256, 3) uint8: what each level of each channel becomes."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255.0 * np.ones(3, np.float32)
    if exposure:
        levels = (np.clip(levels * rng.uniform(*GAIN), 0, 1)) ** np.exp(rng.uniform(*np.log(GAMMA)))
    if cast:
        levels = levels * rng.uniform(*CAST, 3)
    return np.clip(np.round(255.0 * levels), 0, 255).astype(np.uint8)[None]
