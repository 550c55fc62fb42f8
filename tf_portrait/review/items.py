"""What there is to review: photos with masks, those first about which the teachers disagreed most."""

import dataclasses
import hashlib
import os
from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait.data.disagreement import FILE, read_disagreement
from tf_portrait.data.folder import IMAGE_FOLDERS, Photo, list_pairs
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError


@dataclasses.dataclass(frozen=True)
class Item:
    """A photo under review.

    name: relative to images/, "a/b.jpg"; id: the same for the page, short and safe in addresses. doubt: what the queue
    is sorted by, 0..1. mask_name: the name that its mask gets in the set, without the suffix.
    """

    name: str
    id: str
    pair: Photo
    doubt: float
    mask_name: str


def list_items(folder, values=None, progress=True):
    """(Items, the most doubtful first, and by what they are sorted, in words). No photo is opened.

    Raises PortraitError for a folder that is missing, or holds no photo with a mask.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PortraitError(f"{folder}: no such folder")
    try:
        pairs = list_pairs(folder, values).pairs
    except PortraitError as error:
        raise PortraitError(
            f"{error}. Masks are made by pseudo_label.py {folder} --out DIR; then review DIR"
        ) from error
    names = [_name(pair.image, folder) for pair in pairs]
    doubts, words = _doubts(folder, names, pairs, progress)
    stems = Counter(os.path.splitext(name)[0].lower() for name in names)
    items = []
    for name, pair, doubt in zip(names, pairs, doubts, strict=True):
        stem = os.path.splitext(name)[0]
        # a.jpg and a.png have a.jpg.png and a.png.png for masks.
        items.append(Item(name, _id(name), pair, doubt, name if stems[stem.lower()] > 1 else stem))
    return sorted(items, key=lambda item: (-item.doubt, item.name)), words


def _doubts(folder, names, pairs, progress):
    known = read_disagreement(folder)
    if known is None:
        marks = tqdm(pairs, desc="reading masks", unit="mask", disable=not progress)
        return [_unsure(pair) for pair in marks], f"the share of unsure pixels in the mask, as there is no {FILE}"
    missing = sum(name not in known for name in names)
    words = "the teachers' disagreement" + (f"; first {missing} photos that {FILE} does not name" if missing else "")
    return [known.get(name, 1.0) for name in names], words


def _unsure(pair):
    """Share of a mask that is neither person nor background; 1 where it cannot be read, which the page then says."""
    try:
        mask = read_mask(pair.mask, pair.values)
    except PortraitError:
        return 1.0
    person = mask if mask.ndim == 2 else mask[..., 0]
    return float(np.mean((person > 51) & (person < 204)))  # 0.2 to 0.8


def _name(image, folder):
    first, *rest = image.relative_to(folder).parts
    return "/".join(rest if rest and first.lower() in IMAGE_FOLDERS else (first, *rest))


def _id(name):
    return hashlib.sha1(os.fsencode(name)).hexdigest()[:12]
