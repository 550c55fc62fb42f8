"""How many threads make batches."""

import os

MOST = 8  # more outrun any network of this size


def worker_count():
    """As many as this process may use processors, 2 to MOST; none of them is OpenCV's."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(MOST, usable))
