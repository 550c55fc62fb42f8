"""Photos in memory: read once, shrunk to what training needs, kept while they fit."""

import threading
import warnings

import numpy as np

from tf_portrait.data.files import read_rgb
from tf_portrait.data.fit import resize
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError

LONGEST_SIDE = 512
CACHE_BYTES = 4 * 2**30


class Cached:
    """Another source with its items kept in memory, as far as the budget in bytes goes; the rest is made again."""

    def __init__(self, source, budget=CACHE_BYTES):
        self._source, self._items, self._free = source, {}, budget
        self._lock = threading.Lock()

    def __len__(self):
        return len(self._source)

    def __getitem__(self, index):
        item = self._items.get(index)
        if item is None:
            item = self._source[index]
            size = sum(part.nbytes for part in item) if isinstance(item, tuple) else item.nbytes
            with self._lock:  # two threads may have made the same one
                if index not in self._items and size <= self._free:
                    self._free -= size
                    self._items[index] = item
        return item


class PhotoStore:
    """Pairs of photo and mask by index, for Batches and Validation.

    replace: one that cannot be read is replaced by the next, for training, where a sample more of that does no harm;
    without, it raises PortraitError, so that no photo of a score counts twice.
    """

    def __init__(self, pairs, longest_side=LONGEST_SIDE, replace=False):
        self.pairs, self._longest, self._replace, self._bad = pairs, longest_side, replace, set()

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        if not self._replace:
            return self._read(index)
        for offset in range(len(self)):
            candidate = (index + offset) % len(self)
            if candidate in self._bad:
                continue
            try:
                return self._read(candidate)
            except PortraitError as error:
                self._bad.add(candidate)
                warnings.warn(f"left out: {error}", stacklevel=2)
        raise PortraitError(f"none of the {len(self)} photos can be read; the first is {self.pairs[0].image}")

    def _read(self, index):
        photo, mask = read_pair(self.pairs[index])
        return shrink(photo, self._longest), shrink(mask, self._longest)


class BackgroundStore:
    """Photos without people by index, for background replacement."""

    def __init__(self, paths, longest_side=LONGEST_SIDE):
        self._paths, self._longest = list(paths), longest_side

    def __len__(self):
        return len(self._paths)

    def __getitem__(self, index):
        return shrink(read_rgb(self._paths[index]), self._longest)


def read_pair(pair):
    """Photo (H, W, 3) and mask (H, W[, 2]) of a pair, at the photo's size, both uint8; see data/masks.py.

    Raises PortraitError if one cannot be read, or their shapes cannot belong together.
    """
    photo, mask = read_rgb(pair.image), read_mask(pair.mask, pair.values)
    if mask.shape[:2] != photo.shape[:2]:
        (height, width), (other_height, other_width) = photo.shape[:2], mask.shape[:2]
        if abs(height / width - other_height / other_width) > 0.02 * height / width:
            raise PortraitError(
                f"{pair.mask}: is {other_width}x{other_height} where the photo is {width}x{height}; "
                "export the mask at the photo's size"
            )
        mask = resize(mask, width, height)
    return photo, mask


def shrink(image, longest):
    """An image whose longer side is `longest` pixels at most."""
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(image)
    return resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
