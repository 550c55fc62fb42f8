"""What became of a mask file: the mask, and the rule by which it was read.

A mask in memory is (H, W) uint8, 0 background to 255 person; where pixels are to be ignored it is (H, W, 2), its
second plane 255 where the pixel counts and 0 where it does not (metrics.split_mask takes it apart).
"""

import dataclasses

import numpy as np

from tf_portrait.errors import PortraitError

_SAY = "say what they mean: --mask-values 15 (or face=1 hair=2, #00ff00, soft), --ignore 255"


@dataclasses.dataclass(frozen=True)
class Reading:
    """A mask as above, and the rule by which its file was read, in words.

    assumed: whether pixels are ignored by a convention alone, which the user has not confirmed.
    """

    mask: np.ndarray
    rule: str
    assumed: bool = False


def named(person, ignored, rule):
    """person: (H, W) bool. ignored: the same, or None. Returns a Reading."""
    return with_ignored(person.astype(np.uint8) * 255, ignored, rule)


def by_convention(person, ignored, rule):
    """The same, where nobody has said that pixels are to be ignored."""
    return dataclasses.replace(named(person, ignored, rule), assumed=bool(ignored.any()))


def with_ignored(person, ignored, rule):
    """A Reading of (H, W) uint8 with what is ignored as its second plane, if there is any."""
    if ignored is None or not ignored.any():
        return Reading(person, rule)
    return Reading(np.dstack([np.where(ignored, 0, person), np.where(ignored, 0, 255)]).astype(np.uint8), rule)


def words_of(values, most=6):
    """Levels and colors for a message."""
    values = list(values)
    shown = [f"#{bytes(v).hex()}" if isinstance(v, tuple) else str(v) for v in values[:most]]
    return ", ".join(shown) + (", ..." if len(values) > most else "")


def unclear(path, values, why):
    """The error to raise: the file, its values, why they do not say which are the person, and what to do."""
    values = values.tolist() if isinstance(values, np.ndarray) else values
    return UnclearMask(f"{path}: mask values {words_of(values)}: {why}; {_SAY}")


class UnclearMask(PortraitError):
    """A mask that can be read, but whose values could mean several things."""
