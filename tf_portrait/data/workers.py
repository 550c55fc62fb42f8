"""How many threads make batches."""

import os

MOST = 32  # as many batches of 64 at 224 px hold 1.4 GB


def worker_count():
    """As many as this process may use processors, 2 to MOST; none of them is OpenCV's."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(MOST, usable))
