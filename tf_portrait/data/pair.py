"""A photo and its mask, by name."""

import dataclasses
import re
from pathlib import Path

_SAME_PHOTO = re.compile(r"^(.*\d)[a-z]$")


@dataclasses.dataclass(frozen=True, slots=True)
class Photo:
    """Paths of a photo and its mask (None where none is known), and MaskValues or None for how to read the mask.

    In shards, a Part of a record takes the place of a path (data/shards.py).
    """

    image: Path
    mask: Path | None = None
    values: object = None

    @property
    def group(self):
        """The stem, without a letter behind a number: 0012a and 0012b are two crops of one photo."""
        match = _SAME_PHOTO.match(self.image.stem)
        return match.group(1) if match else self.image.stem
