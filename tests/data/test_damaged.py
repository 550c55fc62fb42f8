"""Photos and masks as they come: damaged in any byte, huge, in other color spaces."""

import io
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms

from tf_portrait.data import files
from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.data.files import read_rgb
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError

FORMATS = ("jpeg", "png", "webp", "tiff", "bmp", "avif", "gif")


def damaged(rng, content):
    """A file with some bytes changed, cut out, or its end missing."""
    data = bytearray(content)
    kind = rng.integers(3)
    if kind == 0:
        for place in rng.integers(0, len(data), int(rng.integers(1, 12))):
            data[place] = int(rng.integers(256))
    elif kind == 1:
        del data[int(rng.integers(len(data))) :]
    else:
        start = int(rng.integers(len(data)))
        del data[start : start + int(rng.integers(1, 40))]
    return bytes(data)


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_are_read_or_named(tmp_path, kind):
    rng = np.random.default_rng(FORMATS.index(kind))
    photo, mask = portrait(rng, 32)
    refused = 0
    for array, read in ((photo, read_rgb), (mask, read_mask)):
        content = io.BytesIO()
        Image.fromarray(array).save(content, kind)
        for number in range(30):
            path = tmp_path / f"x{number}.{kind}"
            path.write_bytes(damaged(rng, content.getvalue()))
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = read(path)
            except PortraitError as error:
                assert path.name in str(error)
                refused += 1
            else:
                assert found.dtype == np.uint8 and found.ndim in (2, 3)
    assert refused > 5  # a test that damages nothing would pass otherwise


@pytest.mark.parametrize("error", [RuntimeError("bad"), SyntaxError("not a TIFF"), KeyError(3), MemoryError()])
def test_whatever_a_decoder_raises_is_a_sentence(tmp_path, monkeypatch, error):
    Image.new("P", (4, 4)).save(tmp_path / "a.png")

    def load(self):
        raise error

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(PortraitError, match=r"a\.png: "):
        read_rgb(tmp_path / "a.png")


def test_phones_of_200_megapixels_are_no_bombs_and_pillows_limit_stays(tmp_path, monkeypatch):
    Image.new("L", (60, 50), 9).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png").shape == (50, 60, 3) and Image.MAX_IMAGE_PIXELS == 100
    monkeypatch.setattr(files, "MEGAPIXELS", 0.002)
    with pytest.raises(PortraitError, match=r"a\.png: 60x50 are .* megapixels; shrink it"):
        read_rgb(tmp_path / "a.png")


def test_heic_says_what_to_do(tmp_path):
    (tmp_path / "a.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(PortraitError, match="save it as JPEG"):
        read_rgb(tmp_path / "a.HEIC")


def srgb_profile():
    """The bytes of littleCMS' own sRGB profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_srgb_profiles_change_nothing(tmp_path):
    photo = portrait(np.random.default_rng(0), 32)[0]
    Image.fromarray(photo).save(tmp_path / "a.png", icc_profile=srgb_profile())
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.png"), photo)


def swapped_profile():
    """sRGB with its red and green primaries exchanged, so that red in the file is green to see."""
    profile = bytearray(srgb_profile())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, green = (slice(entries[tag] + 4, entries[tag] + 12) for tag in (b"rXYZ", b"gXYZ"))
    profile[red], profile[green] = profile[green], profile[red]
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be")).replace(b"sRGB b", b"odd! b")


def test_colors_go_through_the_profile(tmp_path):
    photo = np.zeros((8, 8, 3), np.uint8)
    photo[:] = 200, 60, 30
    Image.fromarray(photo).save(tmp_path / "a.png", icc_profile=swapped_profile())
    assert np.abs(read_rgb(tmp_path / "a.png").astype(int) - (60, 200, 30)).max() <= 2


def test_a_damaged_profile_is_passed_over(tmp_path):
    photo = portrait(np.random.default_rng(0), 32)[0]
    Image.fromarray(photo).save(tmp_path / "a.png", icc_profile=b"no profile at all")
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.png"), photo)
