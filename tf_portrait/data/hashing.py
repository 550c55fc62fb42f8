"""Perceptual hashes: 64 bits that near-copies of a photo share."""

import itertools

import cv2
import numpy as np

MAX_DISTANCE = 4
# Two hashes 4 bits apart agree in two of six bands at least: only hashes that share two (21 bits) are compared.
_BANDS = np.array_split(np.arange(64), MAX_DISTANCE + 2)
_MASKS = [np.uint64(sum(1 << int(p) for p in (*one, *other))) for one, other in itertools.combinations(_BANDS, 2)]


def perceptual_hash(rgb):
    """(H, W, 3) uint8 -> (64,) bool: signs of the 8x8 lowest frequencies of the gray photo against their median."""
    gray = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(gray.astype(np.float32))[:8, :8].ravel()
    return low > np.median(low[1:])


def near_copies(hashes, others=None):
    """Pairs (i, j), one for each hash that is within 4 bits of another, with the first such one.

    Within hashes: i < j, j is like i. With others: hashes[i] is like others[j].
    Time grows as sorting does: 15 sorts, and few comparisons while there are not far more hashes than 2^21.
    """
    codes = _codes(hashes)
    pool = codes if others is None else _codes(others)
    ours, of_each = _firsts(codes)
    theirs = _firsts(pool)[0]  # of equal ones (a thousand black frames), the first stands for all
    best = np.full(len(codes), len(pool))
    for mask in _MASKS:
        _nearest(codes, pool, ours, theirs, mask, others is None, best)
    if others is None:
        best = np.where(of_each < np.arange(len(codes)), np.minimum(of_each, best[of_each]), best)
        return sorted((int(best[j]), int(j)) for j in np.flatnonzero(best < len(pool)))
    best = best[of_each]
    return [(int(i), int(best[i])) for i in np.flatnonzero(best < len(pool))]


def _nearest(codes, pool, rows, columns, mask, within, best):
    """Lowers best[rows] to the first of columns that agrees under the mask and is near; within one set, an earlier one.

    rows, columns: rising indices into codes and pool.
    """
    order = np.argsort(pool[columns] & mask, kind="stable")
    columns = columns[order]
    keys = pool[columns] & mask
    first = np.searchsorted(keys, codes[rows] & mask, "left")
    if within:  # a row's own place among the columns ends what comes before it
        last = np.empty(len(rows), int)
        last[order] = np.arange(len(rows))
    else:
        last = np.searchsorted(keys, codes[rows] & mask, "right")
    waiting = np.flatnonzero(first < last)
    while len(waiting):
        row, column = rows[waiting], columns[first[waiting]]
        near = np.bitwise_count(codes[row] ^ pool[column]) <= MAX_DISTANCE
        best[row[near]] = np.minimum(best[row[near]], column[near])
        first[waiting] += 1
        waiting = waiting[~near & (first[waiting] < last[waiting])]


def _codes(hashes):
    """(N, 64) bool -> (N,) uint64."""
    bits = np.asarray(hashes, bool).reshape(-1, 64)
    return np.packbits(bits, axis=1, bitorder="little").view("<u8").ravel().astype(np.uint64)


def _firsts(codes):
    """Indices at which a code occurs first, in rising order, and for each code the index of its first occurrence."""
    first, inverse = np.unique(codes, return_index=True, return_inverse=True)[1:]
    return np.sort(first), first[inverse]
