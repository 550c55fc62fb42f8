import cv2
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.data.texture import change_texture

PHOTO = cv2.GaussianBlur(np.random.default_rng(0).integers(60, 200, (32, 40, 3), dtype=np.uint8), (5, 5), 0)
STILL = {
    "noise": 0.0,
    "color": (1, 1),
    "brightness": (1, 1),
    "contrast": (1, 1),
    "sharpness": (1, 1),
    "probability": 1.0,
}


def changed(seed=0, **changes):
    # Blur cannot be neutral, so it is switched off by its probability: take the draw after it.
    class Rng:
        def __init__(self):
            self._rng = np.random.default_rng(seed)

        def random(self, size=None):
            return np.array([1.0, 0, 0, 0, 0, 0]) if size else self._rng.random()

        def __getattr__(self, name):
            return getattr(self._rng, name)

    return change_texture(Rng(), PHOTO, Augmentation(**{**STILL, "probability": 0.5, **changes}))


@pytest.mark.parametrize(
    ("name", "enhancer"),
    [
        ("color", ImageEnhance.Color),
        ("brightness", ImageEnhance.Brightness),
        ("contrast", ImageEnhance.Contrast),
        ("sharpness", ImageEnhance.Sharpness),
    ],
)
@pytest.mark.parametrize("factor", [0.5, 1.0, 1.3])
def test_each_factor_means_what_pillow_means(name, enhancer, factor):
    expected = np.asarray(enhancer(Image.fromarray(PHOTO)).enhance(factor)).astype(int)
    difference = np.abs(changed(**{name: (factor, factor)}).astype(int) - expected)[1:-1, 1:-1]
    assert difference.max() <= 2, name  # rounding; Pillow leaves the border of a sharpened photo as it is


def test_noise_has_the_drawn_sigma():
    noisy = np.concatenate([changed(seed, noise=10.0).astype(float) - PHOTO for seed in range(30)])
    # sigma is uniform in 0..10, so the variance is 100 / 3
    assert 4.5 < noisy.std() < 7.0 and abs(noisy.mean()) < 0.3


def test_view_a_is_left_alone():
    before = PHOTO.copy()
    for seed in range(20):
        view = change_texture(np.random.default_rng(seed), PHOTO, Augmentation())
        assert view is not PHOTO and view.shape == PHOTO.shape and view.dtype == np.uint8
    np.testing.assert_array_equal(PHOTO, before)


def test_each_operation_is_drawn_by_itself():
    same = sum(
        np.array_equal(change_texture(np.random.default_rng(seed), PHOTO, Augmentation()), PHOTO)
        for seed in range(1000)
    )
    assert 3 < same < 35  # all six stay away with probability 1/64


@pytest.mark.parametrize(("color", "brightness", "contrast"), [(1.7, 1.7, 1.5), (1.7, 1.7, 0.6), (0.4, 1.6, 1.5)])
def test_each_operation_ends_at_black_and_white_as_in_pillow(color, brightness, contrast):
    class All:
        def random(self, size=None):
            return np.array([1.0, 0, 0, 0, 1, 1])

        def uniform(self, low, high):
            return low

    photo = np.random.default_rng(1).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    found = change_texture(
        All(), photo, Augmentation(color=(color,) * 2, brightness=(brightness,) * 2, contrast=(contrast,) * 2)
    )
    expected = Image.fromarray(photo)
    for enhancer, factor in (
        (ImageEnhance.Color, color),
        (ImageEnhance.Brightness, brightness),
        (ImageEnhance.Contrast, contrast),
    ):
        expected = enhancer(expected).enhance(factor)
    difference = np.abs(found.astype(int) - np.asarray(expected))
    assert difference.mean() < 1 and difference.max() <= 5  # rounding, times 1.7 x 1.5 at most
