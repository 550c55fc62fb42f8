"""Finding photos and their masks: a folder in a usual layout, a list file like the authors' splits, or shards."""

import dataclasses
import os
from pathlib import Path

from tf_portrait.data.files import IMAGE_SUFFIXES
from tf_portrait.data.listfile import read_list
from tf_portrait.data.names import image_names, pair_names
from tf_portrait.data.pair import Photo
from tf_portrait.data.shards import ShardPairs, Shards, is_shards
from tf_portrait.errors import PortraitError

# By preference, whatever their case.
IMAGE_FOLDERS = ("images", "image", "photos", "img", "imgs", "jpegimages")
MASK_FOLDERS = ("masks", "labels", "mask", "label", "segmentationclass", "mattes", "matte", "alpha", "annotations")
MASK_SUFFIXES = (*IMAGE_SUFFIXES, ".gif")
_LAYOUTS = "expected {0}/images/a.jpg with {0}/masks/a.png, or {0}/a.jpg with {0}/a_mask.png"


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a source holds: pairs, and what was left out of them.

    ambiguous: photos that differ in their suffix only, so that it is open which one the mask belongs to.
    """

    source: Path
    pairs: list
    without_mask: list
    without_photo: list
    ambiguous: list = dataclasses.field(default_factory=list)


def list_photos(folder):
    """All images of a folder (or of images/ in it) and of the folders in there, by name; masks are not looked for.

    Raises PortraitError if there is none.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PortraitError(f"{folder}: no such folder")
    inner = _first_folder(folder, IMAGE_FOLDERS) or folder
    found = [Path(inner, name) for name in image_names(inner, IMAGE_SUFFIXES)]
    if not found:
        raise PortraitError(f"{inner}: holds no images ({', '.join(IMAGE_SUFFIXES)})")
    return found


def list_pairs(source, values=None):
    """The pairs of a folder (matched by name), of a list file or of shards; no image is opened.

    source: a folder with images/ and masks/ (or the like, nested folders included) or with a.jpg and a_mask.png side
    by side; or a text file with "photo [mask]" a line, relative to its own folder or to images/ and masks/ there; or a
    folder of shards (data/shards.py). values: MaskValues of all the masks, None to read each by what its file says;
    shards always say it.
    Returns a Listing. Raises PortraitError for a missing source, or one without a single pair.
    """
    source = Path(source)
    if source.is_file():
        listing = _from_list_file(source, values)
    elif is_shards(source):
        listing = Listing(source, ShardPairs(Shards(source)), [], [])
    elif source.is_dir():
        listing = _from_folder(source, values)
    else:
        raise PortraitError(f"{source}: no such folder or list file; --data wants DIR with images/ and masks/ inside")
    if not listing.pairs:
        raise PortraitError(_why_empty(listing))
    return listing


def _from_folder(folder, values):
    images, masks = _first_folder(folder, IMAGE_FOLDERS), _first_folder(folder, MASK_FOLDERS)
    if masks:
        photos = image_names(images or folder, IMAGE_SUFFIXES, nested=images is not None)
        if images is None and not photos:
            raise PortraitError(f"{folder}: has no images/ inside; {_LAYOUTS.format(folder)}{_elsewhere(folder)}")
        images = images or folder
        labels = image_names(masks, MASK_SUFFIXES)
    else:
        images = masks = images or folder
        photos = image_names(images, MASK_SUFFIXES)
        labels = None
    found = pair_names(photos, labels)
    if labels is None and not found.pairs:
        raise PortraitError(f"{folder}: has no masks/ inside; {_LAYOUTS.format(folder)}{_elsewhere(folder)}")
    pairs = [Photo(Path(images, photo), Path(masks, mask), values) for photo, mask in found.pairs.items()]
    return Listing(
        folder,
        pairs,
        [Path(images, name) for name in found.without_mask],
        [Path(masks, name) for name in found.without_photo],
        [Path(images, name) for name in found.ambiguous],
    )


def _from_list_file(path, values):
    # Lists may lie beside images/, or deeper: VOC2012/ImageSets/Segmentation/train.txt.
    roots = [path.parent, *path.resolve().parent.parents[:2]]
    root = next((root for root in roots if _first_folder(root, IMAGE_FOLDERS)), path.parent)
    images = _first_folder(root, IMAGE_FOLDERS) or path.parent
    masks = _first_folder(root, MASK_FOLDERS)
    entries = read_list(path, images, masks, IMAGE_SUFFIXES, MASK_SUFFIXES)
    pairs = [Photo(image, mask, values) for image, mask, _ in entries if mask]
    without = [image for image, mask, ambiguous in entries if not mask and not ambiguous]
    return Listing(path, pairs, without, [], [image for image, _, ambiguous in entries if ambiguous])


def _first_folder(folder, names):
    """The folder inside whose name comes first in `names`, whatever its case; None if there is none."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower() in names and entry.is_dir():
                found.setdefault(entry.name.lower(), Path(folder, entry.name))
    return next((found[name] for name in names if name in found), None)


def _elsewhere(folder):
    """A hint where the data set lies a floor lower, as in photos/train/images."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    inner = [path.name for path in inner if _first_folder(path, IMAGE_FOLDERS) and _first_folder(path, MASK_FOLDERS)]
    return f"; {', '.join(inner[:4])} in it has both: name that folder" if inner else ""


def _why_empty(listing):
    for found, what in (
        (listing.ambiguous, "share their names but for the suffix, so that their masks are unclear; rename them"),
        (listing.without_mask, "have no mask"),
        (listing.without_photo, "have no photo"),
    ):
        if found:
            return f"{listing.source}: {found[0]} and {len(found) - 1} more {what}"
    return f"{listing.source}: holds no photos; {_LAYOUTS.format(listing.source)}"
