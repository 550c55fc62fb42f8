"""Masks from a teacher: for photos that have none, or to complete or soften the masks that are there."""

import itertools
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.metrics import portrait_iou
from tf_portrait.models.files import write_atomically

SMALLEST = 0.05  # part of the photo that a person has to fill
UNSURE = 0.15  # largest part of the person where the teacher may be between 0.2 and 0.8


def mirrored(segment, rgb):
    """Mean of a segmenter's answers to a photo and to its mirror image: (H, W, 3) uint8 -> (H, W) in 0..1."""
    return (segment(rgb) + segment(np.ascontiguousarray(rgb[:, ::-1]))[:, ::-1]) / 2


def together(segmenters, agree=0.0):
    """One teacher of several, each asked about the photo and its mirror image; the mean of all answers.

    agree: the IoU that any two of them have to reach; where they do not, the teacher answers None.
    """

    def teacher(rgb):
        alphas = [mirrored(segment, rgb) for segment in segmenters]
        masks = [alpha > 0.5 for alpha in alphas]
        if any(portrait_iou(a, b) < agree for a, b in itertools.combinations(masks, 2)):
            return None
        return np.mean(alphas, axis=0)

    return teacher


def is_sure(alpha):
    """Whether a teacher's answer may serve as a mask."""
    person = np.mean(alpha > 0.5)
    return person >= SMALLEST and np.mean((alpha > 0.2) & (alpha < 0.8)) <= UNSURE * person


def label_photos(segment, photos, out, soft=False, progress=True):
    """Writes out/images and out/masks for photos without masks; returns (written, left out because unsure).

    soft: masks hold the teacher's probabilities, 0 to 255, in place of 0 and 255.
    """
    written = left = 0
    for path in tqdm(list_photos(photos), desc="labeling", unit="photo", disable=not progress):
        alpha = segment(read_rgb(path))
        if alpha is not None and is_sure(alpha):
            _write(Path(out), path, alpha if soft else alpha > 0.5)
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
        whole = (mask > 127) | (segment(photo) > 0.5)
        added.append(np.mean(whole & (mask <= 127)))
        _write(Path(out), Path(pair.image), whole)
    return float(np.mean(added))


def soften_masks(segment, data, out, weight, progress=True):
    """Writes out/images and out/masks: each mask of a data set moved by `weight`, 0..1, towards the teacher's answer.

    The teacher's doubts and its other training photos come in; 0 keeps the mask, 1 is the teacher alone. Returns the
    part of all pixels where the teacher and the mask disagree.
    """
    if not 0 <= weight <= 1:
        raise PortraitError(f"--soften {weight}: expected 0 (the masks) to 1 (the teacher)")
    apart = []
    for pair in tqdm(list_pairs(data).pairs, desc="softening", unit="photo", disable=not progress):
        photo, mask = read_pair(pair)
        alpha = segment(photo)
        apart.append(np.mean((alpha > 0.5) != (mask > 127)))
        _write(Path(out), Path(pair.image), (1 - weight) * (mask / 255.0) + weight * alpha)
    return float(np.mean(apart))


def _write(out, photo, person):
    """A copy of the photo, and its mask; person: (H, W), 0..1."""
    try:
        write_atomically(out / "images" / photo.name, lambda path: Path(path).write_bytes(photo.read_bytes()))
    except OSError as error:
        raise PortraitError(f"{photo}: cannot be copied ({error})") from error
    data = cv2.imencode(".png", np.uint8(np.round(255.0 * person)))[1].tobytes()
    write_atomically(out / "masks" / f"{photo.stem}.png", lambda path: Path(path).write_bytes(data))
