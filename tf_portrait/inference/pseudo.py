"""Masks from a teacher: for photos that have none, or to complete or soften the masks that are there."""

import itertools
import warnings
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait.data.disagreement import write_disagreement
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.masks import encode_mask
from tf_portrait.data.names import unique_stems
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_bytes
from tf_portrait.metrics import portrait_iou, split_mask

SMALLEST = 0.05  # part of the photo that a person has to fill
UNSURE = 0.15  # largest part of the person where the teacher may be between 0.2 and 0.8
ALIKE = 0.5  # IoU below which a teacher and a mask do not mean the same person


def views(segment, rgb):
    """A segmenter's answers to a photo, (H, W, 3) uint8, and to its mirror image, turned back: both (H, W) in 0..1."""
    return segment(rgb), segment(np.ascontiguousarray(rgb[:, ::-1]))[:, ::-1]


def mirrored(segment, rgb):
    """Mean of a segmenter's answers to a photo and to its mirror image: (H, W, 3) uint8 -> (H, W) in 0..1."""
    return np.mean(views(segment, rgb), axis=0)


def together(segmenters):
    """One teacher of several, each asked about the photo and its mirror image; the mean of all answers."""
    return lambda rgb: np.mean([mirrored(segment, rgb) for segment in segmenters], axis=0)


def ask(segmenters, rgb):
    """(mean of all answers, disagreement): 1 less the smallest IoU of two of the teachers.

    One teacher alone is compared with itself on the mirror image.
    """
    answers = [views(segment, rgb) for segment in segmenters]
    votes = [np.mean(both, axis=0) for both in answers] if len(answers) > 1 else answers[0]
    masks = [vote > 0.5 for vote in votes]
    return np.mean(votes, axis=0), 1 - min(portrait_iou(a, b) for a, b in itertools.combinations(masks, 2))


def is_sure(alpha):
    """Whether a teacher's answer may serve as a mask."""
    person = np.mean(alpha > 0.5)
    return person >= SMALLEST and np.mean((alpha > 0.2) & (alpha < 0.8)) <= UNSURE * person


def label_photos(segmenters, photos, out, agree=0.0, unsure=False, soft=False, progress=True, unreadable=None):
    """Writes out/images and out/masks for photos without masks; returns (written, left out because unsure).

    agree: the IoU that any two of the teachers have to reach, see ask. unsure: keep the photos that are left out
    otherwise, for a review. soft: masks hold the teachers' probabilities, 0 to 255, in place of 0 and 255.
    How far the teachers are apart goes into a file of its own, see data/disagreement.py.
    unreadable: list to which is added why photos were left out that cannot be read.
    """
    paths, left, apart = list_photos(photos), 0, {}
    output = _Output(out, paths)
    for path, photo in _readable(paths, read_rgb, "labeling", progress, unreadable):
        alpha, distance = ask(segmenters, photo)
        if unsure or (is_sure(alpha) and 1 - distance >= agree):
            name = output.write(path, alpha if soft else alpha > 0.5)
            apart[name] = round(float(distance), 4)
        else:
            left += 1
    write_disagreement(out, apart)
    return output.written, left


def complete_masks(segment, data, out, progress=True, values=None, unreadable=None):
    """Writes out/images and out/masks: each mask of a data set with what the teacher calls person added to it.

    For sets whose labels stop at the neck; ignored pixels become what the teacher says. values: see list_pairs.
    unreadable: as for label_photos. Returns the mean part of the photo that was added.
    """
    pairs, added, alike = list_pairs(data, values).pairs, [], []
    output = _Output(out, [pair.image for pair in pairs])
    for pair, (photo, mask) in _readable(pairs, read_pair, "completing", progress, unreadable):
        person, seen = split_mask(mask)[0], segment(photo) > 0.5
        whole = person | seen
        added.append(np.mean(whole & ~person))
        alike.append(np.sum(person & seen) >= ALIKE * np.sum(person))  # the mask may hold a part only
        output.write(pair.image, whole)
    _warn_of_another_person(alike, data)
    return float(np.mean(added))


def soften_masks(segment, data, out, weight, progress=True, values=None, unreadable=None):
    """Writes out/images and out/masks: each mask of a data set moved by `weight`, 0..1, towards the teacher's answer.

    Knowledge distillation with the labels mixed in: the teacher's doubts and its other training photos come in; 0 keeps
    the mask, 1 is the teacher alone, as are pixels that the mask ignores. values, unreadable: as for complete_masks.
    Returns the part of all pixels where the teacher and the mask disagree.
    """
    if not 0 <= weight <= 1:
        raise PortraitError(f"--soften {weight}: expected 0 (the masks) to 1 (the teacher)")
    pairs, apart, alike = list_pairs(data, values).pairs, [], []
    output = _Output(out, [pair.image for pair in pairs])
    for pair, (photo, mask) in _readable(pairs, read_pair, "softening", progress, unreadable):
        alpha, (person, counted) = segment(photo), split_mask(mask)
        soft = (mask if counted is None else np.where(counted, mask[..., 0], 255 * alpha)) / 255.0
        differs = (alpha > 0.5) != person
        apart.append(np.mean(differs if counted is None else differs & counted))
        alike.append(portrait_iou(alpha > 0.5, person, counted) >= ALIKE)
        output.write(pair.image, (1 - weight) * soft + weight * alpha)
    _warn_of_another_person(alike, data)
    return float(np.mean(apart))


def _warn_of_another_person(alike, data):
    """alike: for each photo, whether the teacher and the mask mean about the same."""
    if 2 * np.sum(alike) < len(alike):
        warnings.warn(
            f"{data}: the teacher disagrees with {len(alike) - np.sum(alike)} of {len(alike)} masks (IoU below "
            f"{ALIKE}); look at both before you train: are the masks inverted, or of something else (--mask-values)?",
            stacklevel=3,
        )


def _readable(items, read, caption, progress, unreadable):
    """Yields each item with read(item). Raises PortraitError if none can be read."""
    why = [] if unreadable is None else unreadable
    for item in tqdm(items, desc=caption, unit="photo", disable=not progress):
        try:
            found = read(item)
        except PortraitError as error:
            why.append(str(error))
            continue
        yield item, found
    if len(why) == len(items):
        raise PortraitError(why[0])


def names_for(out, photos):
    """{photo: stem that it and its mask get in `out`}; those that share one (a.jpg, a.png) get names of their own.

    Raises PortraitError if a photo lies in `out`.
    """
    out = Path(out)
    inside = [photo for photo in photos if out.resolve() in photo.resolve().parents]
    if inside:
        raise PortraitError(f"--out {out}: holds {inside[0]}, which is read; choose another folder")
    return dict(zip(photos, unique_stems([photo.stem for photo in photos]), strict=True))


def write_pair(out, stem, photo, person):
    """A copy of the photo, and its mask; person: (H, W), 0..1. Returns the photo's name in images/."""
    try:
        content = photo.read_bytes()
    except OSError as error:
        raise PortraitError(f"{photo}: cannot be copied ({error})") from error
    name = f"{stem}{photo.suffix}"
    write_bytes(Path(out) / "images" / name, content)
    write_bytes(Path(out) / "masks" / f"{stem}.png", encode_mask(person))
    return name


class _Output:
    """out/images and out/masks, and how many photos have been written there."""

    def __init__(self, out, photos):
        self._out, self._names, self.written = out, names_for(out, photos), 0

    def write(self, photo, person):
        self.written += 1
        return write_pair(self._out, self._names[photo], photo, person)
