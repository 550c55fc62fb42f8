"""The one interface of everything that segments a photo of its own size; comparisons and exports ask for no more."""

from collections.abc import Callable
from typing import Protocol

import numpy as np


class Runtime(Protocol):
    """shape: (height, width) of the photos it takes. channels: 3, RGB, or 4 where the previous mask, 0..255, comes
    with it. invoke: runs the network alone on what it saw last, for a clock;
    None where that says nothing about a phone."""

    shape: tuple[int, int]
    channels: int
    invoke: Callable[[], object] | None

    def probability(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, channels) uint8 of its shape -> probability of a person (H, W) float32, 0..1."""

    def heads(self, rgb: np.ndarray) -> list[np.ndarray]:
        """The probability, and those of the network's other heads, such as the boundary."""
