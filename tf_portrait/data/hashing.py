"""Perceptual hashes: 64 bits that near-copies of a photo share."""

from collections import defaultdict

import cv2
import numpy as np

MAX_DISTANCE = 4
_BANDS = np.array_split(np.arange(64), MAX_DISTANCE + 1)


def perceptual_hash(rgb):
    """(H, W, 3) uint8 -> (64,) bool: signs of the 8x8 lowest frequencies of the gray photo against their median."""
    gray = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(gray.astype(np.float32))[:8, :8].ravel()
    return low > np.median(low[1:])


def near_copies(hashes, others=None):
    """Pairs (i, j) whose hashes differ in at most 4 bits: i < j within hashes, or i in hashes and j in others.

    Two such hashes agree in at least one of five bands, so only photos that share a band are compared.
    """
    within = others is None
    others = hashes if within else others
    buckets = defaultdict(list)
    for j, bits in enumerate(others):
        for band, places in enumerate(_BANDS):
            buckets[band, bits[places].tobytes()].append(j)
    found = set()
    for i, bits in enumerate(hashes):
        candidates = {j for band, places in enumerate(_BANDS) for j in buckets.get((band, bits[places].tobytes()), ())}
        for j in candidates:
            if (i < j or not within) and np.count_nonzero(bits != others[j]) <= MAX_DISTANCE:
                found.add((i, j))
    return sorted(found)
