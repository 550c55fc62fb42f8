"""The fast decoder against Pillow: the same pixels where it answers, and no answer where a file is not plain."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from tf_portrait.data import files, masks
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.plain import plain_gray, plain_rgb
from tf_portrait.errors import PortraitError

PHOTO, MASK = SyntheticPortraits(1, 61, seed=3)[0]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def encoded(kind, picture=PHOTO, mode=None, **options):
    data, image = io.BytesIO(), Image.fromarray(picture)
    (image.convert(mode) if mode else image).save(data, kind, **options)
    return data.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def text(**words):
    note = PngImagePlugin.PngInfo()
    for key, value in words.items():
        note.add_text(key, value)
    return note


PLAIN = {
    "baseline": encoded("jpeg", quality=90),
    "progressive": encoded("jpeg", progressive=True, subsampling=2),
    "4:4:4": encoded("jpeg", subsampling=0),
    "RGB components": encoded("jpeg", keep_rgb=True),
    "gray": encoded("jpeg", mode="L"),
    "sRGB profile": encoded("jpeg", icc_profile=SRGB),
    "profile of another color space": encoded("jpeg", icc_profile=LAB),
    "damaged profile": encoded("jpeg", icc_profile=b"no profile"),
    **{f"turned {number}": encoded("jpeg", exif=turned(number)) for number in range(1, 9)},
    "zeros behind the end": encoded("jpeg") + b"\0" * 300,
    "png": encoded("png"),
    "gray png": encoded("png", MASK),
    "png with a text": encoded("png", pnginfo=text(Software="x")),
}


def by_pillow(data):
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")).astype(int)


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_files_have_the_pixels_of_pillow(kind):
    data = PLAIN[kind]
    assert plain_rgb(data, Image.open(io.BytesIO(data))) is not None
    found, expected = files.read_rgb("photo", data), by_pillow(data)
    assert found.shape == expected.shape and found.dtype == np.uint8 and found.flags["C_CONTIGUOUS"]
    assert np.abs(found - expected).max() <= 1  # two builds of one JPEG decoder may round differently


def wide_gamut():
    """sRGB's profile with the columns of red and green exchanged: colors have to change."""
    profile = bytearray(SRGB)
    for place in range(128 + 4, 128 + 4 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        if profile[place : place + 4] in (b"rXYZ", b"gXYZ"):
            profile[place : place + 1] = b"g" if profile[place : place + 1] == b"r" else b"r"
    return bytes(profile).replace(b"s\0R\0G\0B", b"s\0X\0G\0B").replace(b"sRGB", b"sXGB")


ODD = {
    "another profile": encoded("jpeg", icc_profile=wide_gamut()),
    "CMYK": encoded("jpeg", mode="CMYK"),
    "cut off": encoded("jpeg", quality=95)[:-300],
    "16 bits": encoded("png", np.arange(600, dtype=np.uint16).reshape(20, 30) * 100),
    "palette": encoded("png", mode="P"),
    "alpha": encoded("png", mode="RGBA"),
    "transparent color": encoded("png", transparency=(1, 2, 3)),
    "turned png": encoded("png", exif=turned(6)),
    "cut off png": encoded("png")[:-30],
    "webp": encoded("webp"),
    "tiff": encoded("tiff"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_files_are_left_to_pillow(kind, monkeypatch):
    data = ODD[kind]

    def answer():
        try:
            return files.read_rgb("photo", data).tolist()
        except PortraitError as error:
            return str(error)

    found = answer()
    monkeypatch.setattr(files, "plain_rgb", lambda data, image: None)
    assert found == answer() and ("cut off" in kind) == isinstance(found, str)


def test_a_profile_changes_the_colors_and_a_photo_without_does_not():
    plain, other = (files.read_rgb("photo", data) for data in (PLAIN["baseline"], ODD["another profile"]))
    assert np.abs(plain.astype(int) - other).max() > 20


@pytest.mark.parametrize("kind", ["text", "compressed text", "none"])
def test_our_soft_masks_are_known_by_their_mark(kind):
    note = PngImagePlugin.PngInfo()
    if kind != "none":
        note.add_text(masks.MARKER, "probabilities", zip=kind == "compressed text")
    levels = np.kron(np.array([[0, 50, 100, 150, 250]], np.uint8), np.ones((20, 20), np.uint8))  # classes, if unmarked
    data = encoded("png", levels, pnginfo=note)
    if kind == "none":
        with pytest.raises(PortraitError, match="look like classes"):
            masks.read_mask("mask.png", data=data)
    else:
        np.testing.assert_array_equal(masks.read_mask("mask.png", data=data), levels)


def test_a_gray_png_is_a_mask_of_its_own_levels():
    data = encoded("png", MASK)
    np.testing.assert_array_equal(plain_gray(data), MASK)
    assert plain_gray(encoded("png")) is None and plain_gray(data[:-1]) is None and plain_gray(b"") is None


def test_bytes_are_named_where_they_cannot_be_read():
    with pytest.raises(PortraitError, match=r"shard 3, record 7: cannot be read"):
        files.read_rgb("shard 3, record 7", b"no photo")
