"""Portraits cut out of photos of whole people, masks alike: SINet's first way to more training photos (section 4)."""

import dataclasses
import io
import string
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import encode_mask
from tf_portrait.data.names import unique_stems
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_bytes

ABOVE = 1.5  # heights of the face from the upper edge of a cut to the face's center: hair, and room above it
ALIKE = 0.9  # IoU of two cuts of which one is enough
INSIDE = 0.5  # part of a face that the mask has to call person; else it is a by-stander's
QUALITY = 95


@dataclasses.dataclass(frozen=True)
class Cuts:
    """What became of the photos: photos read, cuts written, photos without a face that the mask knows."""

    photos: int
    cuts: int
    faceless: int


def crop_people(data, out, find, heights=(4.2, 7.2), smallest=32, values=None, unreadable=None, progress=True):
    """Writes out/images and out/masks: for each face that lies in the mask, a square cut for each of `heights`.

    data: photos with masks, see list_pairs. find: a face finder, see faces.py; None cuts the upper half of the person.
    heights: sides of the cuts in heights of the face, as far as the photo reaches. smallest: pixels of a face.
    Cuts of one photo are called alike but for a letter behind a number, so that training never splits them.
    unreadable: list to which is added why photos were left out. Returns Cuts.
    Raises PortraitError if nothing could be cut.
    """
    pairs, out = list_pairs(data, values).pairs, Path(out)
    if any(out.resolve() in pair.image.resolve().parents for pair in pairs):
        raise PortraitError(f"--out {out}: holds {pairs[0].image}, which is read; choose another folder")
    if not heights or min(heights) < 1:
        raise PortraitError(f"--heights {' '.join(map(str, heights))}: a cut holds at least the face, 1")
    stems = unique_stems([_numbered(pair.image.stem) for pair in pairs])
    why, read, cuts, faceless = [] if unreadable is None else unreadable, 0, 0, 0
    for pair, stem in tqdm([*zip(pairs, stems, strict=True)], desc="cutting", unit="photo", disable=not progress):
        try:
            photo, mask = read_pair(pair)
        except PortraitError as error:
            why.append(str(error))
            continue
        read += 1
        boxes = boxes_of(photo, mask, find, heights, smallest)
        faceless += not boxes
        for letter, (top, bottom, left, right) in zip(string.ascii_lowercase, boxes, strict=False):
            write_bytes(out / "images" / f"{stem}{letter}.jpg", _jpeg(photo[top:bottom, left:right]))
            write_bytes(out / "masks" / f"{stem}{letter}.png", encode_mask(mask[top:bottom, left:right]))
            cuts += 1
    if not cuts:
        raise PortraitError(why[0] if not read else f"{data}: no face of {smallest} pixels or more lies in a mask")
    return Cuts(read, cuts, faceless)


def boxes_of(photo, mask, find, heights, smallest):
    """The cuts of one photo, each (top, bottom, left, right) in pixels; none that is like another."""
    person = (mask if mask.ndim == 2 else mask[..., 0]) > 127
    if find is None:
        return _upper_half(person)
    boxes = []
    for left, top, width, height in find(photo):
        face = person[
            max(0, round(top)) : max(0, round(top + height)), max(0, round(left)) : max(0, round(left + width))
        ]
        if height < smallest or not face.size or face.mean() < INSIDE:
            continue
        for count in heights:
            box = _square(left + width / 2, top + height / 2 - ABOVE * height, count * height, person.shape)
            if all(_overlap(box, other) < ALIKE for other in boxes):
                boxes.append(box)
    return boxes


def _square(center, top, side, shape):
    """A square below `top`, around column `center`, as far as the photo reaches."""
    height, width = shape
    top, bottom = max(0, round(top)), min(height, round(top + side))
    return top, bottom, max(0, round(center - side / 2)), min(width, round(center + side / 2))


def _upper_half(person):
    rows, columns = np.flatnonzero(person.any(1)), np.flatnonzero(person.any(0))
    if not len(rows):
        return []
    whole = rows[-1] + 1 - rows[0]
    side = max(0.6 * whole, 1.2 * (columns[-1] + 1 - columns[0]))
    return [_square((columns[0] + columns[-1] + 1) / 2, rows[0] - 0.08 * whole, side, person.shape)]


def _overlap(one, other):
    """IoU of two boxes."""
    height = min(one[1], other[1]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[2], other[2])
    shared = max(0, height) * max(0, width)
    areas = sum((box[1] - box[0]) * (box[3] - box[2]) for box in (one, other))
    return shared / (areas - shared)


def _numbered(stem):
    return stem if stem[-1].isdigit() else f"{stem}_1"


def _jpeg(rgb):
    data = io.BytesIO()
    Image.fromarray(rgb).save(data, "jpeg", quality=QUALITY)
    return data.getvalue()
