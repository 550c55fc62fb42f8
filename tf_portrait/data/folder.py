"""Finding photos and their masks: a folder with images/ and masks/, or a list file as the authors' splits."""

import dataclasses
import os
from pathlib import Path

from tf_portrait.data.files import IMAGE_SUFFIXES
from tf_portrait.errors import PortraitError

IMAGE_FOLDERS = ("images", "Images", "image", "photos")
MASK_FOLDERS = ("masks", "Labels", "labels", "mask")


@dataclasses.dataclass(frozen=True)
class Photo:
    """Paths of a photo and its mask; mask is None where none is known."""

    image: Path
    mask: Path | None = None


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a source holds: pairs, and what was left out of them."""

    source: Path
    pairs: list
    without_mask: list
    without_photo: list


def list_photos(folder):
    """All images of a folder without masks, by name. Raises PortraitError if there is none."""
    folder = Path(folder)
    if not folder.is_dir():
        raise PortraitError(f"{folder}: no such folder")
    inner = _first_folder(folder, IMAGE_FOLDERS) or folder
    found = [inner / name for name in sorted(_image_names(inner).values())]
    if not found:
        raise PortraitError(f"{inner}: holds no images ({', '.join(IMAGE_SUFFIXES)})")
    return found


def list_pairs(source):
    """The pairs of a folder (images/ and masks/, matched by name) or of a list file; no file is opened.

    source: a folder, or a text file with "photo [mask]" a line, relative to its own folder (or to images/ and masks/
    there, where a name alone is enough).
    Returns a Listing. Raises PortraitError for a missing source, or one without a single pair.
    """
    source = Path(source)
    if source.is_file():
        listing = _from_list_file(source)
    elif source.is_dir():
        listing = _from_folder(source)
    else:
        raise PortraitError(f"{source}: no such folder or list file; --data wants DIR with images/ and masks/ inside")
    if not listing.pairs:
        raise PortraitError(_why_empty(listing))
    return listing


def _from_folder(folder):
    images, masks = _first_folder(folder, IMAGE_FOLDERS), _first_folder(folder, MASK_FOLDERS)
    if images is None or masks is None:
        missing = "images" if images is None else "masks"
        raise PortraitError(f"{folder}: has no {missing}/ inside; expected {folder}/images/a.jpg, {folder}/masks/a.png")
    photos, labels = _image_names(images), _image_names(masks)
    pairs = [Photo(images / photos[stem], masks / labels[stem]) for stem in sorted(photos.keys() & labels.keys())]
    lonely_photos = [images / photos[stem] for stem in sorted(photos.keys() - labels.keys())]
    lonely_masks = [masks / labels[stem] for stem in sorted(labels.keys() - photos.keys())]
    return Listing(folder, pairs, lonely_photos, lonely_masks)


def _from_list_file(path):
    folder = path.parent
    images = _first_folder(folder, IMAGE_FOLDERS) or folder
    masks = _first_folder(folder, MASK_FOLDERS)
    labels = _image_names(masks) if masks else {}
    present = set()
    for inner in {folder, images}:
        present.update(inner / name for name in _image_names(inner).values())
    pairs, without_mask = [], []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        image = next((p for p in (images / words[0], folder / words[0]) if p in present or p.is_file()), None)
        if image is None:
            raise PortraitError(f"{path}, line {number}: no photo {words[0]} in {images}")
        if len(words) > 1:
            mask = folder / words[1]
        else:
            mask = masks / labels[image.stem] if image.stem in labels else None
        if mask is None:
            without_mask.append(image)
        else:
            pairs.append(Photo(image, mask))
    return Listing(path, pairs, without_mask, [])


def _first_folder(folder, names):
    return next((folder / name for name in names if (folder / name).is_dir()), None)


def _image_names(folder):
    """Stem -> file name; os.scandir keeps 100,000 files at a fraction of a second."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    return {os.path.splitext(name)[0]: name for name in sorted(names) if name.lower().endswith(IMAGE_SUFFIXES)}


def _why_empty(listing):
    if listing.without_mask:
        return f"{listing.source}: {listing.without_mask[0]} and {len(listing.without_mask) - 1} more have no mask"
    if listing.without_photo:
        return f"{listing.source}: {listing.without_photo[0]} and {len(listing.without_photo) - 1} more have no photo"
    return f"{listing.source}: holds no photos; expected images/a.jpg and masks/a.png"
