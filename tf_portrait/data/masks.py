"""Reading a mask: which of its values are the person, by what the file says; refused where it says too little.

A mask in memory is (H, W) uint8, 0 background to 255 person; where pixels are to be ignored it is (H, W, 2), its
second plane 255 where the pixel counts and 0 where it does not (metrics.split_mask takes it apart).
"""

import dataclasses
import io

import cv2
import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from tf_portrait.data.files import open_image, to_8_bits
from tf_portrait.data.plain import plain_gray
from tf_portrait.data.voc import VOC_COLORS, VOC_IGNORED, VOC_PERSON
from tf_portrait.errors import PortraitError

# Text chunk of a PNG whose levels are probabilities, and its alpha, if any, what counts: it is read without a rule.
MARKER = "tf_portrait mask"
_OURS = "soft, marked as ours"
LOSSY = ("JPEG", "WEBP", "AVIF", "MPO")
_SAY = "say what they mean: --mask-values 15 (or face=1 hair=2, #00ff00, soft), --ignore 255"


@dataclasses.dataclass(frozen=True)
class MaskValues:
    """What the user says of the values in mask files.

    person, ignore: gray levels or palette indices (int) and colors (R, G, B); all others are background.
    soft: every level is a probability of the person, 0..255.
    """

    person: tuple = ()
    ignore: tuple = ()
    soft: bool = False


@dataclasses.dataclass(frozen=True)
class Reading:
    """A mask as above, and the rule by which its file was read, in words.

    assumed: whether pixels are ignored by a convention alone, which the user has not confirmed.
    """

    mask: np.ndarray
    rule: str
    assumed: bool = False


def mask_values(person=(), ignore=()):
    """MaskValues of words as typed: "15", "hair=2", "#00ff00", "skin=#00ff00", "soft". None if nothing is said.

    Raises PortraitError for a word that is none of these.
    """
    words = [str(word).rpartition("=")[2].strip() for word in person]
    soft = "soft" in words
    if soft and len(words) > 1:
        raise PortraitError(f"--mask-values {' '.join(map(str, person))}: soft stands alone")
    if not (person or ignore):
        return None
    named = () if soft else tuple(_value(word, "--mask-values") for word in words)
    ignored = tuple(_value(str(word).rpartition("=")[2].strip(), "--ignore") for word in ignore)
    both = set(named) & set(ignored)
    if both:
        raise PortraitError(f"--ignore {_words(both)}: is in --mask-values too; a value is one or the other")
    return MaskValues(named, ignored, soft)


def read_mask(path, values=None, data=None):
    """A mask from any of the usual encodings, see examine_mask."""
    return examine_mask(path, values, data).mask


def examine_mask(path, values=None, data=None):
    """A Reading of a mask file. values: MaskValues, or None to go by what the file says.

    Understood by itself: 0/255, 0/1, 0/1/255 with a thin rim of 255 (ignored), soft edges between black and white,
    palettes by their colors, one color on black, Pascal VOC's palette (15 is the person, 255 ignored), the alpha
    channel of a cut-out, our own soft masks. data: the file's bytes, where they do not lie at `path`.
    Raises PortraitError if the file is damaged or its values could mean several things: several classes or persons in
    flat levels or colors, a class number other than 1.
    """
    with open_image(path, data) as (image, data):
        gray = plain_gray(data) if values is None else None
        if gray is not None:
            marked = MARKER.encode() + b"\0" in data
            return Reading(gray, _OURS) if marked else _from_gray(gray, False, path)
        image.load()
        marked = MARKER in getattr(image, "text", {})
        lossy = image.format in LOSSY
        image = ImageOps.exif_transpose(image)
        if marked:
            return Reading(np.asarray(image if image.mode == "LA" else image.convert("L")), _OURS)
        if values is None:
            return _by_itself(image, lossy, path)
        return _by_values(image, lossy, values, path)


def encode_mask(person):
    """A PNG, as bytes, of probabilities (H, W) in 0..1, or 0..255 as uint8, marked so that reading it never guesses.

    A mask in memory with a plane of what counts, (H, W, 2) uint8, becomes one in Pascal VOC's palette, without slopes.
    """
    if person.ndim == 3:
        return _encode_voc(person)
    if person.dtype != np.uint8:
        person = np.uint8(np.round(255.0 * person))
    note, data = PngImagePlugin.PngInfo(), io.BytesIO()
    note.add_text(MARKER, "levels are the probability of a person, 0 to 255")
    Image.fromarray(person).save(data, "png", pnginfo=note)
    return data.getvalue()


def _encode_voc(mask):
    index = np.where(mask[..., 1] == 255, np.where(mask[..., 0] > 127, VOC_PERSON, 0), VOC_IGNORED).astype(np.uint8)
    image, data = Image.fromarray(index, "P"), io.BytesIO()
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(VOC_COLORS)], palette[VOC_IGNORED] = VOC_COLORS, (224, 224, 192)
    image.putpalette(palette.tobytes())
    image.save(data, "png")
    return data.getvalue()


def _by_itself(image, lossy, path):
    if "transparency" in image.info and image.mode in ("P", "L", "RGB"):
        image = image.convert("RGBA")
    if "A" in image.getbands():
        alpha, colors = np.asarray(image.getchannel("A")), np.asarray(image.convert("RGBA"))[..., :3]
        if alpha.min() != alpha.max() or not alpha.any():
            return _from_alpha(alpha, colors, path)
        image = image.convert("RGB")
    if image.mode == "1":
        return Reading(np.asarray(image, dtype=np.uint8) * 255, "1 bit")
    if image.mode == "P":
        index = np.asarray(image)
        colors = _palette(image)
        used = np.unique(index)
        if used.max() >= len(colors):
            raise _unclear(path, used, "palette indices without a color")
        if np.array_equal(colors[: len(VOC_COLORS)], VOC_COLORS) and len(colors) >= len(VOC_COLORS):
            return _from_voc(index, used, path)
        if len(colors) == 2 and len(used) == 2 and not colors[0].any() and colors[1].any():
            return Reading(index * np.uint8(255), "a palette of black and one color")
        return _from_colors(colors[index], colors[used], lossy, path)
    if image.mode in ("L", "LA"):
        return _from_gray(np.asarray(image.convert("L")), lossy, path)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_gray(to_8_bits(np.asarray(image), path), lossy, path)
    rgb = np.asarray(image.convert("RGB"))
    if _is_gray(rgb, lossy):
        return _from_gray(rgb[..., 1], lossy, path)
    return _from_colors(rgb, _unique_colors(rgb), lossy, path)


def _from_alpha(alpha, colors, path):
    opaque = colors[alpha > 127]
    if len(opaque) and set(np.unique(opaque).tolist()) == {0, 255} and np.ptp(opaque.astype(int), axis=1).max() == 0:
        raise PortraitError(f"{path}: mask values of the alpha channel and of black and white contradict each other; "
                            "save it without alpha")  # fmt: skip
    reading = _from_gray(alpha, False, path)
    return Reading(reading.mask, f"alpha channel, {reading.rule}")


def _from_voc(index, used, path):
    """Pascal VOC's palette; other tools use it for classes of their own, so it has to look like VOC's classes."""
    classes = set(used.tolist()) - {0, VOC_IGNORED}
    if classes and (VOC_PERSON not in classes or set(range(1, VOC_PERSON)) <= classes):
        raise _unclear(path, used, "Pascal VOC's palette without its person (15), or another's classes in it")
    return _by_convention(index == VOC_PERSON, index == VOC_IGNORED, "Pascal VOC: 15 is the person, 255 ignored")


def _from_colors(rgb, used, lossy, path):
    if (np.ptp(used.astype(int), axis=1) == 0).all():
        reading = _from_gray(rgb[..., 0], lossy, path)
        return Reading(reading.mask, f"grays of a palette, {reading.rule}" if not lossy else reading.rule)
    colored = [tuple(color) for color in used.tolist() if any(color)]
    others = {tuple(color) for color in VOC_COLORS[1:].tolist()} - {tuple(VOC_COLORS[VOC_PERSON].tolist())}
    if len(colored) == 1 and len(used) == 2 and colored[0] not in others:
        return _named((rgb == colored[0]).all(-1), None, f"{_words(colored)} on black")
    raise _unclear(path, sorted(map(tuple, used.tolist())), "colors are classes, and which are the person is not said")


def _from_gray(gray, lossy, path):
    """By exact levels, then by soft edges."""
    if not cv2.inRange(gray, 1, 254).any():  # the usual mask, known in a tenth of the time
        return Reading(gray, "0/255")
    counts = np.bincount(gray.ravel(), minlength=256)
    levels = np.flatnonzero(counts).tolist()
    found = set(levels)
    if found <= {0, 1}:
        return Reading(gray * np.uint8(255), "0/1")
    if found <= {0, 1, 255} and 1 in found:
        if found == {0, 1, 255} and _is_rim(gray == 255):
            return _by_convention(gray == 1, gray == 255, "0/1, a rim of 255 ignored")
        raise _unclear(path, levels, "1 or 255 may be the person")
    if len(levels) == 2 and levels[0] <= 8 and levels[1] >= 247:
        return Reading((gray > 127).astype(np.uint8) * 255, "black/white")
    if levels[-1] < 128 or len(levels) <= 3:
        raise _unclear(path, levels, "neither 0/1 nor 0..255")
    flat = _flat_levels(gray, counts, lossy)
    if flat:
        raise _unclear(path, levels, f"flat areas of {_words(flat)} look like classes or persons, not like soft edges")
    return Reading(gray, "soft 0..255")


def _flat_levels(gray, counts, lossy):
    """Levels between black and white that fill areas; the edge of a soft mask is a slope.

    A level counts as an area if nearly all of it lies flat, or if that is so of most of what is neither black nor
    white, or if there are few levels at all. Near black and white, a mask that was a JPEG once may be off by a little.
    """
    same = cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) == 0
    flat, near = np.bincount(gray[same], minlength=256), np.ones(256, bool)
    near[17:239] = False
    limit = np.where(near, np.inf if lossy else 0.02, 0.002) * gray.size
    limit[[0, 255]] = np.inf
    few = np.count_nonzero(counts) <= 8
    mostly = flat[~near].sum() > 0.5 * counts[~near].sum()
    return np.flatnonzero((flat > limit) & (few | mostly | (flat > 0.85 * counts))).tolist()


def _is_rim(region):
    """Whether a region is nowhere thicker than a seventeenth of the mask."""
    width = 2 * (max(region.shape) // 34) + 1
    padded = np.pad(region.astype(np.uint8), 1)
    return not cv2.erode(padded, np.ones((width, width), np.uint8)).any()


def _by_values(image, lossy, values, path):
    if values.soft:
        deep = image.mode.startswith("I") or image.mode == "F"
        gray = to_8_bits(np.asarray(image), path) if deep else np.asarray(image.convert("L"))
        ignored = np.isin(gray, values.ignore) if values.ignore else None
        return _with_ignored(gray, ignored, "soft, as --mask-values says")
    if lossy:
        raise PortraitError(f"{path}: mask values are blurred by lossy compression; save masks as PNG")
    labels, colors = _labels(image)
    wanted = [*values.person, *values.ignore]
    if colors is None and any(isinstance(value, tuple) for value in wanted):
        raise PortraitError(f"{path}: mask values are numbers, not colors; --mask-values wants numbers")
    if labels is None and any(isinstance(value, int) for value in wanted):
        used = sorted(map(tuple, _unique_colors(colors).tolist()))
        raise PortraitError(f"{path}: mask values {_words(used)} are colors; --mask-values wants them, as #00ff00")

    def where(named):
        parts = [labels == v if isinstance(v, int) else (colors == v).all(-1) for v in named]
        return np.any(parts, axis=0) if parts else None

    ignored = where(values.ignore)
    if values.person:
        return _named(where(values.person), ignored, f"person: {_words(values.person)}, as --mask-values says")
    return _without_ignored(image, ignored, values, path)


def _without_ignored(image, ignored, values, path):
    """Only --ignore was given: the rest is read by itself, those pixels being given a value that the rest has."""
    if not ignored.any():
        return _by_itself(image, False, path)
    if ignored.all():
        return _named(np.zeros_like(ignored), ignored, f"all is {_words(values.ignore)}, which is ignored")
    filled = np.array(image)
    filled[ignored] = filled[~ignored][0]
    rest = Image.fromarray(filled)
    if image.mode == "P":
        rest.putpalette(image.getpalette("RGB"))
    reading = _by_itself(rest, False, path)
    if reading.mask.ndim == 3:
        ignored = ignored | (reading.mask[..., 1] == 0)
    person = reading.mask if reading.mask.ndim == 2 else reading.mask[..., 0]
    return _with_ignored(person, ignored, f"{reading.rule}, {_words(values.ignore)} ignored")


def _labels(image):
    """Numbers (H, W) and colors (H, W, 3) of a mask's pixels; None for what it does not have."""
    if image.mode == "P":
        index, palette = np.asarray(image), _palette(image)
        colors = palette[np.minimum(index, len(palette) - 1)]
        used = palette[np.unique(index[index < len(palette)])]
        gray = len(used) and (np.ptp(used.astype(int), axis=1) == 0).all()
        return (colors[..., 0] if gray else index), colors
    if image.mode == "1":
        return np.asarray(image, dtype=np.uint8), None
    if image.mode == "L" or image.mode.startswith("I") or image.mode == "F":
        return np.asarray(image), None
    colors = np.asarray(image.convert("RGB"))
    return (colors[..., 0] if _is_gray(colors, False) else None), colors


def _named(person, ignored, rule):
    return _with_ignored(person.astype(np.uint8) * 255, ignored, rule)


def _by_convention(person, ignored, rule):
    return dataclasses.replace(_named(person, ignored, rule), assumed=bool(ignored.any()))


def _with_ignored(person, ignored, rule):
    if ignored is None or not ignored.any():
        return Reading(person, rule)
    return Reading(np.dstack([np.where(ignored, 0, person), np.where(ignored, 0, 255)]).astype(np.uint8), rule)


def _palette(image):
    return np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)


def _is_gray(rgb, lossy):
    low, high = rgb.min(axis=2), rgb.max(axis=2)
    return int((high - low).max()) <= (16 if lossy else 0)


def _unique_colors(rgb):
    codes = np.unique(rgb.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32))
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], 1).astype(np.uint8)


def _value(word, flag):
    try:
        if word.startswith("#") and len(word) == 7:
            return tuple(bytes.fromhex(word[1:]))
        value = int(word)
        if value >= 0:
            return value
    except ValueError:
        pass
    raise PortraitError(f"{flag} {word}: expected a level (15, hair=2), a color (#00ff00), or soft for masks of 0..255")


def _words(values, most=6):
    values = list(values)
    shown = [f"#{bytes(v).hex()}" if isinstance(v, tuple) else str(v) for v in values[:most]]
    return ", ".join(shown) + (", ..." if len(values) > most else "")


def _unclear(path, values, why):
    values = values.tolist() if isinstance(values, np.ndarray) else values
    return UnclearMask(f"{path}: mask values {_words(values)}: {why}; {_SAY}")


class UnclearMask(PortraitError):
    """A mask that can be read, but whose values could mean several things."""
