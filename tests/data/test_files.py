import numpy as np
import pytest
from PIL import Image

from tf_portrait.data.files import read_rgb
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError

PERSON = np.zeros((6, 8), bool)
PERSON[2:, 3:6] = True
EXPECTED = PERSON * np.uint8(255)


def save(path, array, mode=None, **options):
    Image.fromarray(array, mode).save(path, **options) if mode else Image.fromarray(array).save(path, **options)
    return path


def palette_image(index, colors):
    image = Image.fromarray(index.astype(np.uint8), "P")
    image.putpalette(np.array(colors, np.uint8).ravel().tolist())
    return image


MASKS = {
    "0/1": lambda path: save(path, PERSON.astype(np.uint8)),
    "0/255": lambda path: save(path, EXPECTED),
    "1 bit": lambda path: Image.fromarray(PERSON).save(path),
    "16 bit": lambda path: save(path, PERSON.astype(np.uint16) * 65535),
    "8 bit in 16": lambda path: save(path, PERSON.astype(np.uint16) * 255),
    "gray in RGB": lambda path: save(path, np.repeat(EXPECTED[..., None], 3, 2)),
    "alpha of a cut-out": lambda path: save(path, np.dstack([np.full((6, 8, 3), 90, np.uint8), EXPECTED])),
    "opaque RGBA": lambda path: save(
        path, np.dstack([np.repeat(EXPECTED[..., None], 3, 2), np.full((6, 8), 255, np.uint8)])
    ),
    "color palette": lambda path: palette_image(PERSON * 1, [(0, 0, 0), (128, 0, 0)]).save(path),
    "gray palette": lambda path: palette_image(PERSON * 255, [(i, i, i) for i in range(256)]).save(path),
}


@pytest.mark.parametrize("encoding", MASKS)
def test_mask_encodings_mean_the_same_person(tmp_path, encoding):
    path = tmp_path / "mask.png"
    MASKS[encoding](path)
    mask = read_mask(path)
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(mask, EXPECTED)


def test_soft_masks_keep_their_values(tmp_path):
    ramp = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
    np.testing.assert_array_equal(read_mask(save(tmp_path / "m.png", ramp)), ramp)


def test_empty_mask_is_empty(tmp_path):
    assert not read_mask(save(tmp_path / "m.png", np.zeros((6, 8), np.uint8))).any()


def test_unknown_mask_values_are_named(tmp_path):
    path = save(tmp_path / "m.png", PERSON * np.uint8(15))
    with pytest.raises(PortraitError, match=r"m\.png: mask values 0, 15: neither 0/1 nor .* --mask-values 15"):
        read_mask(path)


def test_exif_rotation_is_applied(tmp_path):
    photo = np.zeros((20, 40, 3), np.uint8)
    photo[:, :10] = 255  # a white stripe on the left of the sensor's picture
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to view
    Image.fromarray(photo).save(tmp_path / "p.jpg", exif=exif, quality=95)
    upright = read_rgb(tmp_path / "p.jpg")
    assert upright.shape == (40, 20, 3)
    assert upright[:8].mean() > 240 and upright[14:].mean() < 15


def test_cmyk_photo_becomes_rgb(tmp_path):
    red = Image.new("RGB", (16, 16), (220, 30, 30))
    red.convert("CMYK").save(tmp_path / "p.jpg", quality=95)
    np.testing.assert_allclose(read_rgb(tmp_path / "p.jpg").mean((0, 1)), (220, 30, 30), atol=6)


def test_16_bit_gray_photo_keeps_its_brightness(tmp_path):
    path = save(tmp_path / "p.png", np.full((4, 4), 32768, np.uint16))
    np.testing.assert_array_equal(read_rgb(path), np.full((4, 4, 3), 128))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA"])
def test_other_modes_become_three_channels(tmp_path, mode):
    Image.new("RGB", (5, 4), (50, 50, 50)).convert(mode).save(tmp_path / "p.png")
    np.testing.assert_allclose(read_rgb(tmp_path / "p.png"), np.full((4, 5, 3), 50), atol=1)


def test_truncated_jpeg_is_not_read_as_half_a_photo(tmp_path):
    path = save(tmp_path / "p.jpg", np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:-800])
    with pytest.raises(PortraitError, match=r"p\.jpg: cannot be read as an image .*replace or remove it"):
        read_rgb(path)


@pytest.mark.parametrize("content", [b"", b"not an image at all"])
def test_files_that_are_no_images_are_named(tmp_path, content):
    (tmp_path / "p.png").write_bytes(content)
    with pytest.raises(PortraitError, match=r"p\.png: cannot be read"):
        read_rgb(tmp_path / "p.png")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(PortraitError, match=r"p\.png: no such file"):
        read_rgb(tmp_path / "p.png")
