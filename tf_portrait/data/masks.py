"""Reading a mask: which of its values are the person, by what the file says; refused where it says too little.

What a mask in memory is says readings.py; what levels of gray may mean, gray_masks.py.
"""

import dataclasses
import io

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from tf_portrait.data.files import open_image, to_8_bits
from tf_portrait.data.gray_masks import from_gray
from tf_portrait.data.plain import plain_gray
from tf_portrait.data.readings import Reading, by_convention, named, unclear, with_ignored, words_of
from tf_portrait.data.voc import VOC_COLORS, VOC_IGNORED, VOC_PERSON
from tf_portrait.errors import PortraitError

# Text chunk of a PNG whose levels are probabilities, and its alpha, if any, what counts: it is read without a rule.
MARKER = "tf_portrait mask"
_OURS = "soft, marked as ours"
LOSSY = ("JPEG", "WEBP", "AVIF", "MPO")


@dataclasses.dataclass(frozen=True)
class MaskValues:
    """What the user says of the values in mask files.

    person, ignore: gray levels or palette indices (int) and colors (R, G, B); all others are background.
    soft: every level is a probability of the person, 0..255.
    """

    person: tuple = ()
    ignore: tuple = ()
    soft: bool = False


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
        raise PortraitError(f"--ignore {words_of(both)}: is in --mask-values too; a value is one or the other")
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
            return Reading(gray, _OURS) if marked else from_gray(gray, False, path)
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
            raise unclear(path, used, "palette indices without a color")
        if np.array_equal(colors[: len(VOC_COLORS)], VOC_COLORS) and len(colors) >= len(VOC_COLORS):
            return _from_voc(index, used, path)
        if len(colors) == 2 and len(used) == 2 and not colors[0].any() and colors[1].any():
            return Reading(index * np.uint8(255), "a palette of black and one color")
        return _from_colors(colors[index], colors[used], lossy, path)
    if image.mode in ("L", "LA"):
        return from_gray(np.asarray(image.convert("L")), lossy, path)
    if image.mode.startswith("I") or image.mode == "F":
        return from_gray(to_8_bits(np.asarray(image), path), lossy, path)
    rgb = np.asarray(image.convert("RGB"))
    if _is_gray(rgb, lossy):
        return from_gray(rgb[..., 1], lossy, path)
    return _from_colors(rgb, _unique_colors(rgb), lossy, path)


def _from_alpha(alpha, colors, path):
    opaque = colors[alpha > 127]
    if len(opaque) and set(np.unique(opaque).tolist()) == {0, 255} and np.ptp(opaque.astype(int), axis=1).max() == 0:
        raise PortraitError(f"{path}: mask values of the alpha channel and of black and white contradict each other; "
                            "save it without alpha")  # fmt: skip
    reading = from_gray(alpha, False, path)
    return Reading(reading.mask, f"alpha channel, {reading.rule}")


def _from_voc(index, used, path):
    """Pascal VOC's palette; other tools use it for classes of their own, so it has to look like VOC's classes."""
    classes = set(used.tolist()) - {0, VOC_IGNORED}
    if classes and (VOC_PERSON not in classes or set(range(1, VOC_PERSON)) <= classes):
        raise unclear(path, used, "Pascal VOC's palette without its person (15), or another's classes in it")
    return by_convention(index == VOC_PERSON, index == VOC_IGNORED, "Pascal VOC: 15 is the person, 255 ignored")


def _from_colors(rgb, used, lossy, path):
    if (np.ptp(used.astype(int), axis=1) == 0).all():
        reading = from_gray(rgb[..., 0], lossy, path)
        return Reading(reading.mask, f"grays of a palette, {reading.rule}" if not lossy else reading.rule)
    colored = [tuple(color) for color in used.tolist() if any(color)]
    others = {tuple(color) for color in VOC_COLORS[1:].tolist()} - {tuple(VOC_COLORS[VOC_PERSON].tolist())}
    if len(colored) == 1 and len(used) == 2 and colored[0] not in others:
        return named((rgb == colored[0]).all(-1), None, f"{words_of(colored)} on black")
    raise unclear(path, sorted(map(tuple, used.tolist())), "colors are classes, and which are the person is not said")


def _by_values(image, lossy, values, path):
    if values.soft:
        deep = image.mode.startswith("I") or image.mode == "F"
        gray = to_8_bits(np.asarray(image), path) if deep else np.asarray(image.convert("L"))
        ignored = np.isin(gray, values.ignore) if values.ignore else None
        return with_ignored(gray, ignored, "soft, as --mask-values says")
    if lossy:
        raise PortraitError(f"{path}: mask values are blurred by lossy compression; save masks as PNG")
    labels, colors = _labels(image)
    wanted = [*values.person, *values.ignore]
    if colors is None and any(isinstance(value, tuple) for value in wanted):
        raise PortraitError(f"{path}: mask values are numbers, not colors; --mask-values wants numbers")
    if labels is None and any(isinstance(value, int) for value in wanted):
        used = sorted(map(tuple, _unique_colors(colors).tolist()))
        raise PortraitError(f"{path}: mask values {words_of(used)} are colors; --mask-values wants them, as #00ff00")

    def where(named):
        parts = [labels == v if isinstance(v, int) else (colors == v).all(-1) for v in named]
        return np.any(parts, axis=0) if parts else None

    ignored = where(values.ignore)
    if values.person:
        return named(where(values.person), ignored, f"person: {words_of(values.person)}, as --mask-values says")
    return _without_ignored(image, ignored, values, path)


def _without_ignored(image, ignored, values, path):
    """Only --ignore was given: the rest is read by itself, those pixels being given a value that the rest has."""
    if not ignored.any():
        return _by_itself(image, False, path)
    if ignored.all():
        return named(np.zeros_like(ignored), ignored, f"all is {words_of(values.ignore)}, which is ignored")
    filled = np.array(image)
    filled[ignored] = filled[~ignored][0]
    rest = Image.fromarray(filled)
    if image.mode == "P":
        rest.putpalette(image.getpalette("RGB"))
    reading = _by_itself(rest, False, path)
    if reading.mask.ndim == 3:
        ignored = ignored | (reading.mask[..., 1] == 0)
    person = reading.mask if reading.mask.ndim == 2 else reading.mask[..., 0]
    return with_ignored(person, ignored, f"{reading.rule}, {words_of(values.ignore)} ignored")


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
