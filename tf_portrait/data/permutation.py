"""An order of many items that is never drawn or held: each place of it is computed by itself."""

import hashlib
import math

ROUNDS = 12  # of 8, nine items show that they are not drawn; FF1 (NIST SP 800-38G) has 10, for other purposes


def permuted(index, count, key):
    """Place `index` of a permutation of range(count); in constant time and memory.

    key: integers that the permutation is drawn by. A Feistel network with a hash as its function (Luby and Rackoff
    1988), on the smallest rectangle of rows and columns that holds `count` items; from a place that is none of them it
    goes on until it comes to one (Black and Rogaway, CT-RSA 2002). Few places are none, so that is rare.
    """
    rows = math.isqrt(count - 1) + 1
    columns = -(-count // rows)
    while True:
        column, row = divmod(index, rows)
        for turn in range(0, ROUNDS, 2):
            row = (row + _hash(*key, turn, column)) % rows
            column = (column + _hash(*key, turn + 1, row)) % columns
        index = column * rows + row
        if index < count:
            return index


def _hash(*numbers):
    """A number below 2 ** 64, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(" ".join(map(str, numbers)).encode(), digest_size=8).digest(), "little")
