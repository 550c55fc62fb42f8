import numpy as np
import pytest

from tf_portrait.evaluation.corruptions import CORRUPTIONS, rotate

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (40, 60, 3)).astype("uint8")
MASK = np.zeros((40, 60), "uint8")
MASK[10:30, 20:40] = 255


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_photos_stay_photos_and_the_same_seed_gives_the_same(kind):
    photo, mask = CORRUPTIONS[kind](PHOTO, MASK, np.random.default_rng(1))
    again, _ = CORRUPTIONS[kind](PHOTO, MASK, np.random.default_rng(1))
    assert photo.shape == PHOTO.shape and photo.dtype == np.uint8 and mask.shape == MASK.shape
    np.testing.assert_array_equal(photo, again)
    assert (kind == "clean") == np.array_equal(photo, PHOTO)
    if not kind.startswith("rotated"):
        np.testing.assert_array_equal(mask, MASK)


def test_values_by_hand():
    gray = np.full((2, 2, 3), 100, "uint8")
    rng = np.random.default_rng(0)
    assert CORRUPTIONS["dark"](gray, MASK, rng)[0][0, 0, 0] == round(255 * (0.8 * 100 / 255) ** 2.2)
    assert CORRUPTIONS["over-exposed"](gray, MASK, rng)[0][0, 0, 0] == 175
    assert CORRUPTIONS["color cast"](gray, MASK, rng)[0][0, 0].tolist() == [125, 95, 60]
    noisy = CORRUPTIONS["noise"](np.full((200, 200, 3), 128, "uint8"), MASK, rng)[0].astype(float)
    assert abs(noisy.std() - 20) < 0.5


def test_rotation_takes_the_mask_along():
    photo = np.repeat(MASK[..., None], 3, 2)
    turned, mask = rotate(photo, MASK, 90)
    inside = mask[12:28, 22:38]
    assert inside.all() and np.abs(turned[12:28, 22:38].astype(int) - inside[..., None]).max() < 2
    assert turned[20, 0].tolist() == [128, 128, 128] and mask[20, 0] == 0
