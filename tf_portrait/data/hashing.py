"""Perceptual hashes: 64 bits that near-copies of a photo share."""

import cv2
import numpy as np

MAX_DISTANCE = 4
_BANDS = np.array_split(np.arange(64), MAX_DISTANCE + 1)
_BLOCK = 2048  # hashes compared with as many others at a time


def perceptual_hash(rgb):
    """(H, W, 3) uint8 -> (64,) bool: signs of the 8x8 lowest frequencies of the gray photo against their median."""
    gray = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(gray.astype(np.float32))[:8, :8].ravel()
    return low > np.median(low[1:])


def near_copies(hashes, others=None):
    """Pairs (i, j), one for each hash that is within 4 bits of another, with the first such one.

    Within hashes: i < j, j is like i. With others: hashes[i] is like others[j].
    Two such hashes agree in at least one of five bands, so only those that share a band are compared.
    """
    codes = _codes(hashes)
    pool = codes if others is None else _codes(others)
    ours, of_each = _firsts(codes)
    theirs = _firsts(pool)[0]  # of equal ones (a thousand black frames), the first stands for all
    best = np.full(len(codes), len(pool))
    for band in _BANDS:
        mask = np.uint64(sum(1 << int(place) for place in band))
        columns_of = _groups(pool[theirs] & mask)
        for value, rows in _groups(codes[ours] & mask).items():
            if value in columns_of:
                _nearest(codes, pool, ours[rows], theirs[columns_of[value]], others is None, best)
    if others is None:
        best = np.where(of_each < np.arange(len(codes)), np.minimum(of_each, best[of_each]), best)
        return sorted((int(best[j]), int(j)) for j in np.flatnonzero(best < len(pool)))
    best = best[of_each]
    return [(int(i), int(best[i])) for i in np.flatnonzero(best < len(pool))]


def _nearest(codes, pool, rows, columns, within, best):
    """Lowers best[rows] to the first of columns that is near; within one set, only to earlier ones."""
    for top in range(0, len(rows), _BLOCK):
        part = rows[top : top + _BLOCK]
        for left in range(0, len(columns), _BLOCK):
            against = columns[left : left + _BLOCK]
            if within and against[0] >= part[-1]:
                break
            near = np.bitwise_count(codes[part, None] ^ pool[None, against]) <= MAX_DISTANCE
            if within:
                near &= against[None] < part[:, None]
            hit = near.any(axis=1)
            best[part[hit]] = np.minimum(best[part[hit]], against[near[hit].argmax(axis=1)])


def _codes(hashes):
    """(N, 64) bool -> (N,) uint64."""
    bits = np.asarray(hashes, bool).reshape(-1, 64)
    return np.packbits(bits, axis=1, bitorder="little").view("<u8").ravel().astype(np.uint64)


def _firsts(codes):
    """Indices at which a code occurs first, in rising order, and for each code the index of its first occurrence."""
    first, inverse = np.unique(codes, return_index=True, return_inverse=True)[1:]
    return np.sort(first), first[inverse]


def _groups(keys):
    """Key -> indices that have it, in rising order."""
    order = np.argsort(keys, kind="stable")
    values, starts = np.unique(keys[order], return_index=True)
    return dict(zip(values.tolist(), np.split(order, starts[1:]), strict=True)) if len(keys) else {}
