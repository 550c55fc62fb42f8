"""How long functions take: they take turns in one run, and the least time of each counts."""

import time

import numpy as np


def least_milliseconds(functions, rounds=20, repeats=15):
    """The least time of each function in milliseconds; each is called `repeats` times a turn, for `rounds` turns."""
    least = np.full(len(functions), np.inf)
    for _ in range(rounds):
        for index, function in enumerate(functions):
            for _ in range(repeats):
                started = time.perf_counter()
                function()
                least[index] = min(least[index], time.perf_counter() - started)
    return (1e3 * least).tolist()
