"""Masks from a teacher: for photos that have none, or to complete masks that leave a part of people out."""

from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.models.files import write_atomically

SMALLEST = 0.05  # part of the photo that a person has to fill
UNSURE = 0.15  # largest part of the person where the teacher may be between 0.2 and 0.8


def mirrored(segment, rgb):
    """Mean of a segmenter's answers to a photo and to its mirror image: (H, W, 3) uint8 -> (H, W) in 0..1."""
    return (segment(rgb) + segment(np.ascontiguousarray(rgb[:, ::-1]))[:, ::-1]) / 2


def is_sure(alpha):
    """Whether a teacher's answer may serve as a mask."""
    person = np.mean(alpha > 0.5)
    return person >= SMALLEST and np.mean((alpha > 0.2) & (alpha < 0.8)) <= UNSURE * person


def label_photos(segment, photos, out, progress=True):
    """Writes out/images and out/masks for photos without masks; returns (written, left out because unsure)."""
    written = left = 0
    for path in tqdm(list_photos(photos), desc="labeling", unit="photo", disable=not progress):
        alpha = mirrored(segment, read_rgb(path))
        if is_sure(alpha):
            _write(Path(out), path, alpha > 0.5)
            written += 1
        else:
            left += 1
    return written, left


def complete_masks(segment, data, out, progress=True):
    """Writes out/images and out/masks: each mask of a data set with what the teacher calls person added to it.

    For sets whose labels stop at the neck. Returns the mean part of the photo that was added.
    """
    added = []
    for pair in tqdm(list_pairs(data).pairs, desc="completing", unit="photo", disable=not progress):
        photo, mask = read_pair(pair)
        whole = (mask > 127) | (mirrored(segment, photo) > 0.5)
        added.append(np.mean(whole & (mask <= 127)))
        _write(Path(out), Path(pair.image), whole)
    return float(np.mean(added))


def _write(out, photo, person):
    try:
        write_atomically(out / "images" / photo.name, lambda path: Path(path).write_bytes(photo.read_bytes()))
    except OSError as error:
        raise PortraitError(f"{photo}: cannot be copied ({error})") from error
    data = cv2.imencode(".png", person.astype(np.uint8) * 255)[1].tobytes()
    write_atomically(out / "masks" / f"{photo.stem}.png", lambda path: Path(path).write_bytes(data))
