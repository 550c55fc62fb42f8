"""List files: a photo a line, or a photo and its mask, with whatever separator and spelling."""

import os
import re
import unicodedata
from pathlib import Path

from tf_portrait.data.names import image_names, key, nfc, pair_names
from tf_portrait.errors import PortraitError

_HEADER = {"image", "images", "photo", "photos", "img", "file", "filename", "mask", "masks", "label", "labels"}


def read_list(path, images, masks, image_suffixes, mask_suffixes):
    """(photo, mask or None, whether its mask is ambiguous) of each line, as paths.

    A line is a name alone (also without its suffix), or two names with a tab, comma, semicolon or spaces between; names
    may hold spaces and commas themselves, so the cut is made where both sides exist. images, masks: folders in which
    names are looked up besides the list's own; masks may be None.
    Raises PortraitError if the file is no text, or names a photo that does not exist.
    """
    photos = _Names((images, path.parent), image_suffixes)
    labels = _Names((masks or path.parent, path.parent), mask_suffixes)
    pairing = pair_names(photos.names, labels.names if masks else None)
    unclear, entries = set(pairing.ambiguous), []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        line = line.strip()
        if not line or (number == 1 and set(re.split(r"[\s,;]+", line.lower())) <= _HEADER):
            continue
        image, mask = _cut(line, photos, labels, path.parent)
        if image is None:
            raise PortraitError(f"{path}, line {number}: no photo {line} in {images}")
        name = photos.relative.get(image)
        if mask is None and name in pairing.pairs:
            mask = Path(masks or images, pairing.pairs[name])
        entries.append((image, mask, mask is None and name in unclear))
    return entries


class _Names:
    """Paths of images by the names that a list may have for them."""

    def __init__(self, folders, suffixes):
        self._folders = folders
        self.names = image_names(folders[0], suffixes)
        self._known = {nfc(name): Path(folders[0], name) for name in self.names}
        self.relative = {Path(folders[0], name): name for name in self.names}
        self._stems = None

    def find(self, word):
        """The path that a word means, or None."""
        word = word.strip().strip('"')
        if not word:
            return None
        for name in dict.fromkeys((word, word.replace("\\", "/"))):
            if nfc(name) in self._known:
                return self._known[nfc(name)]
            spellings = dict.fromkeys((name, nfc(name), unicodedata.normalize("NFD", name)))
            places = (os.path.join(folder, spelling) for spelling in spellings for folder in self._folders)
            found = next(filter(os.path.isfile, places), None)
            if found:
                return self._known.get(nfc(os.path.relpath(found, self._folders[0])), Path(found))
        if self._stems is None:
            self._stems = {}
            for name in self.names:
                self._stems.setdefault(key(name), []).append(self._known[nfc(name)])
        named = self._stems.get(nfc(word.replace("\\", "/")), ())
        return named[0] if len(named) == 1 else None


def _cut(line, photos, labels, folder):
    """Photo and mask of a line; the mask is None where it names none."""
    image = photos.find(line)
    if image:
        return image, None
    missing = None, None
    for separator in ("\t", ",", ";", r"\s+"):
        for match in re.finditer(separator, line):
            image = photos.find(line[: match.start()])
            if image is None:
                continue
            mask = labels.find(line[match.end() :])
            if mask:
                return image, mask
            if missing[0] is None:  # kept, so that whoever reads it says which mask is missing
                missing = image, folder / line[match.end() :].strip().strip('"')
    return missing


def _text(path):
    try:
        content = path.read_bytes()
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except OSError as error:
        raise PortraitError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PortraitError(
            f"{path}: is no list of photos in UTF-8 text; save it as UTF-8, or give a folder"
        ) from error
    if "\0" in text:
        raise PortraitError(f"{path}: is no text; expected a list of photos, one a line, or a folder")
    return text
