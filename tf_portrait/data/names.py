"""Which mask belongs to which photo, by their names alone."""

import dataclasses
import os
import unicodedata
from collections import defaultdict

from tf_portrait.errors import PortraitError

MASK_ENDINGS = ("_mask", "-mask", ".mask", " mask", "_label", "_seg", "_segmentation", "_matte", "_alpha", "_gt")


@dataclasses.dataclass(frozen=True)
class Pairing:
    """Names of masks by photo, and names that found no partner; ambiguous: photos that differ in their suffix only."""

    pairs: dict
    without_mask: list
    without_photo: list
    ambiguous: list


def image_names(folder, suffixes, nested=True):
    """Names of the images in a folder and in the folders there, relative to it ("a/b.jpg"), in order.

    Hidden files are passed over: macOS leaves "._a.jpg" beside each a.jpg. Raises PortraitError if it may not be read.
    """
    found, waiting, seen = [], [""], set()
    try:
        while waiting:
            inner = waiting.pop()
            place = os.path.join(folder, inner)
            if os.path.realpath(place) in seen:  # a link that leads back
                continue
            seen.add(os.path.realpath(place))
            with os.scandir(place) as entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith(".") or name == "__MACOSX":
                        continue
                    if name.lower().endswith(suffixes):
                        found.append(inner + name)
                    elif nested and entry.is_dir():
                        waiting.append(f"{inner}{name}/")
    except OSError as error:
        raise PortraitError(f"{error.filename or folder}: cannot be listed ({error.strerror})") from error
    return sorted(found)


def nfc(name):
    """The name with composed letters: macOS writes a-umlaut as two characters, others as one."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def key(name):
    """What a photo and its mask share: the name without its suffix."""
    return os.path.splitext(nfc(name))[0]


def unique_stems(stems):
    """The stems in order, those that were there before with a number: a, a_2; whatever their case."""
    found, taken = [], set()
    for stem in stems:
        unique, number = stem, 1
        while unique.lower() in taken:
            number += 1
            unique = f"{stem}_{number}"
        taken.add(unique.lower())
        found.append(unique)
    return found


def pair_names(photos, masks=None):
    """A Pairing of names of photos with names of masks; masks=None looks for masks among the photos (a_mask.png)."""
    if masks is None:
        keys = {key(name) for name in photos}
        masks = [name for name in photos if _without_ending(key(name)) in keys]
        photos = sorted(set(photos) - set(masks))
    by_key = defaultdict(list)
    for name in photos:
        by_key[key(name)].append(name)
    labels, lonely = defaultdict(list), []
    for name in masks:
        own = key(name)
        partner = next((k for k in (own, _without_ending(own), os.path.splitext(own)[0]) if k in by_key), None)
        labels[partner].append(name) if partner is not None else lonely.append(name)
    pairs, without, ambiguous = {}, [], []
    for own, names in by_key.items():
        candidates = labels.get(own, ())
        if len(names) == len(candidates) == 1:
            pairs[names[0]] = candidates[0]
        elif not candidates:
            without += names
        else:
            found = {name: [mask for mask in candidates if nfc(name) in (nfc(mask), key(mask))] for name in names}
            if len(names) > 1 and all(len(masks) == 1 for masks in found.values()):  # a.jpg.png, a.png.png
                pairs |= {name: masks[0] for name, masks in found.items()}
            else:
                ambiguous += names
    return Pairing(pairs, without, lonely, ambiguous)


def _without_ending(name):
    """The name without "_mask" or the like at its end; None where there is none."""
    lower = name.lower()
    return next((name[: -len(ending)] for ending in MASK_ENDINGS if lower.endswith(ending)), None)
