"""TemporalSmoother and stillness against plain loops over pixels."""

import itertools

import numpy as np
import pytest

from tf_portrait.inference.smoothing import TemporalSmoother, stillness

GRAY = np.full((2, 2, 3), 90, np.uint8)


def plain_stillness(before, now):
    """By its words: the largest change of the colors of a pixel and of its neighbors; 1 up to 2, 0 from 6 on."""
    height, width = now.shape[:2]
    made = np.zeros((height, width))
    for y, x in np.ndindex(height, width):
        around = itertools.product(range(max(0, y - 1), min(height, y + 2)), range(max(0, x - 1), min(width, x + 2)))
        change = max(abs(int(now[j, i, c]) - int(before[j, i, c])) for j, i in around for c in range(3))
        made[y, x] = {3: 0.75, 4: 0.5, 5: 0.25}.get(change, 1.0 if change < 3 else 0.0)
    return made


def frames(count, height, width):
    """Masks of chance, and pictures of which some pixels change by a few gray levels."""
    rng = np.random.default_rng(0)
    photo = rng.integers(40, 200, (height, width, 3))
    for _ in range(count):
        photo = photo + rng.integers(-7, 8, photo.shape) * (rng.random((height, width, 1)) < 0.03)
        yield rng.random((height, width)), photo.astype(np.uint8)


def test_stillness_is_what_it_says_pixel_by_pixel():
    photos = [photo for _, photo in frames(12, 9, 12)]
    seen = set()
    for before, now in itertools.pairwise(photos):
        expected = plain_stillness(before, now)
        np.testing.assert_array_equal(stillness(before, now), expected)
        seen |= set(np.unique(expected))
    assert seen == {0.0, 0.25, 0.5, 0.75, 1.0}


@pytest.mark.parametrize(("ratio", "hold"), [(0.8, 0.85), (0.8, 0.0), (0.0, 0.85), (0.0, 0.0)])
def test_smoothing_equals_its_formula_pixel_by_pixel(ratio, hold):
    smoother, previous, before = TemporalSmoother(ratio, hold), None, None
    for current, photo in frames(4, 3, 5):
        smoothed = smoother(current, photo)
        for index in np.ndindex(3, 5):
            p = current[index]
            expected = p
            if previous is not None:
                w = max(ratio * (1 - (2 * p - 1) ** 2), hold * plain_stillness(before, photo)[index])
                expected = (1 - w) * p + w * previous[index]
            assert smoothed[index] == pytest.approx(expected, abs=1e-6)
        previous, before = smoothed, photo


def test_where_the_picture_moves_doubt_is_calmed_and_certainty_passes():
    smoother = TemporalSmoother()
    smoother(np.zeros((2, 2)), GRAY)
    (doubtful, sure), _ = smoother(np.array([[0.5, 1.0], [1.0, 1.0]]), GRAY + np.uint8(50))
    assert doubtful == pytest.approx(0.1) and sure == 1.0


def test_where_it_rests_a_new_mask_comes_within_a_second_and_no_sooner():
    smoother = TemporalSmoother()
    smoother(np.zeros((2, 2)), GRAY)
    made = [smoother(np.ones((2, 2)), GRAY)[0, 0] for _ in range(30)]
    assert made[0] == pytest.approx(0.15) and made[-1] > 0.99
    assert all(later > earlier for earlier, later in itertools.pairwise(made))


def test_a_new_size_and_a_reset_start_anew():
    smoother = TemporalSmoother()
    smoother(np.zeros((2, 2)), GRAY)
    large = np.full((3, 3, 3), 90, np.uint8)
    assert (smoother(np.full((3, 3), 0.5), large) == 0.5).all()
    smoother.reset()
    assert (smoother(np.full((3, 3), 1.0), large) == 1.0).all()


@pytest.mark.parametrize("settings", [(-0.1, 0.5), (1.1, 0.5), (0.5, 1.0), (0.5, -1)])
def test_settings_beyond_their_range(settings):
    with pytest.raises(ValueError, match="must be in"):
        TemporalSmoother(*settings)
