import io

import numpy as np
from PIL import Image

from tf_portrait.data.degrade import degrade

PHOTO = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def test_probability_decides():
    rng = np.random.default_rng(1)
    assert degrade(rng, PHOTO, 0.0) is PHOTO
    results = [degrade(rng, PHOTO, 1.0) for _ in range(8)]
    assert all(result.shape == PHOTO.shape and result.dtype == np.uint8 for result in results)
    assert all((result != PHOTO).mean() > 0.5 for result in results)


def test_a_seed_repeats_it():
    first, second = (degrade(np.random.default_rng(5), PHOTO, 0.5) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_jpeg_keeps_the_order_of_the_channels():
    red = np.full((64, 64, 3), (200, 40, 10), np.uint8)
    for seed in range(40):
        rng, twin = np.random.default_rng(seed), np.random.default_rng(seed)
        drawn = twin.random(4) < 0.25
        if drawn[3] and not drawn[:3].any():  # JPEG alone
            assert np.abs(degrade(rng, red, 0.25).astype(int) - red).max() < 12
            return
    raise AssertionError("no seed draws JPEG alone")


def test_the_jpeg_fault_is_that_of_a_phone():
    class OnlyJpeg:
        def random(self, size):
            return np.array([1.0, 1.0, 1.0, 0.0])

        def integers(self, low, high):
            return 40

    photo = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    content = io.BytesIO()
    Image.fromarray(photo).save(content, "jpeg", quality=40)
    expected = np.asarray(Image.open(content)).astype(int)
    found = degrade(OnlyJpeg(), photo, 0.5).astype(int)
    swapped = degrade(OnlyJpeg(), np.ascontiguousarray(photo[..., ::-1]), 0.5)[..., ::-1].astype(int)
    assert np.abs(found - expected).mean() < 0.5 * np.abs(swapped - expected).mean()
