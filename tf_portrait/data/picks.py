"""A few of many, spread evenly."""

import numpy as np


def spread(total, count):
    """At most `count` indices from 0 to total - 1 in rising order, both ends among them."""
    return np.unique(np.linspace(0, total - 1, min(count, total)).astype(int))
