"""portrait.json: what a model file says of itself, inside a .keras archive or behind a .tflite file."""

import json
import math
import zipfile

from tf_portrait.data.fit import FITS
from tf_portrait.errors import PortraitError

CARD = "portrait.json"
VERSION = 1
LARGEST = 2048  # pixels of the input's side
_MOST_BYTES, _MOST_OPTION = 1_000_000, 4096


def read_card(file, path):
    """The checked card in the zip archive `file` (a path, or a file object). path: what to call it in errors.

    Raises PortraitError for a file that is no archive or damaged, without a card, or whose card fails check_card.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(CARD).file_size > _MOST_BYTES:
                raise PortraitError(f"{path}: its {CARD} is too large to be one")
            card = json.loads(archive.read(CARD))
    except KeyError as error:
        raise PortraitError(f"{path}: a file that tf_portrait did not make (no {CARD} inside)") from error
    except PortraitError:
        raise
    except Exception as error:  # zipfile and json have many words for damage, encryption and depth among them
        raise PortraitError(f"{path}: not a model file or damaged ({error})") from error
    check_card(card, path)
    return card


def check_card(card, path):
    """Raises PortraitError for a field that is missing, of another type or out of its range."""
    if not isinstance(card, dict):
        raise PortraitError(f"{path}: its {CARD} is damaged: a {type(card).__name__} where an object is needed")
    version = card.get("version")
    if type(version) is not int or version != VERSION:
        raise PortraitError(f"{path}: file version {version!r:.40}, this package reads {VERSION}; train it again")
    for field, (good, wanted) in _FIELDS.items():
        if field not in card and field in _OPTIONAL:
            continue
        value = card.get(field)
        if not good(value):
            raise PortraitError(f"{path}: its {CARD} says {field}={value!r:.60}; {wanted} is needed")
    for name, value in card["options"].items():
        if not _is_option(value):
            raise PortraitError(f"{path}: its {CARD} says options.{name:.40}={value!r:.60}; no network has that")


def _is_option(value):
    if isinstance(value, int | float):
        return math.isfinite(value) and abs(value) <= _MOST_OPTION
    return value is None or (isinstance(value, str) and len(value) < 100)


def _is_hash(value):
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _is_number(value, low, high):
    return isinstance(value, int | float) and not isinstance(value, bool) and low < value < high


# What each field may be, and how to say it.
_FIELDS = {
    "network": (lambda value: isinstance(value, str) and 0 < len(value) < 100, "the name of a network"),
    "options": (lambda value: isinstance(value, dict) and len(value) < 100, "a list of options"),
    "size": (lambda value: type(value) is int and 8 <= value <= LARGEST, f"a side of 8 to {LARGEST} pixels"),
    "fit": (lambda value: value in FITS, f"one of {', '.join(FITS)}"),
    "threshold": (lambda value: _is_number(value, 0, 1), "a number between 0 and 1"),
    "weights_sha256": (_is_hash, "a SHA-256"),
    "file_sha256": (_is_hash, "a SHA-256"),
}
_OPTIONAL = ("threshold", "file_sha256")
