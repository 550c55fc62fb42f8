"""Made-up previous masks, each operation against what it should do to a mask by plain NumPy."""

import dataclasses

import numpy as np
import pytest

from tests.data.test_batches import batches
from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.drawn.portraits import SyntheticPortraits, portrait
from tf_portrait.data.fit import fit_mask
from tf_portrait.data.previous_mask import (
    CONTROLS,
    grown,
    motion_blur,
    moved,
    previous_mask,
    prior_by_turns,
    thin_plate,
)

MASK = portrait(np.random.default_rng(2), 64)[1]
SOFT = MASK / np.float32(255)
STILL = [[1, 0, 0], [0, 1, 0]]
NO_BEND = np.zeros((CONTROLS, CONTROLS, 2))


def another():
    return MASK[:, ::-1].copy()


def settings(**changes):
    return dataclasses.replace(PAPER, **changes)


def drawn(seed, mask=SOFT, **changes):
    return previous_mask(np.random.default_rng(seed), mask, another, settings(**changes))


def iou(one, other):
    one, other = one > 127, other > 127
    return (one & other).sum() / max(1, (one | other).sum())


def test_a_spline_takes_its_values_at_the_corners_and_reproduces_a_plane():
    side = np.linspace(0, 63, CONTROLS)
    x, y = np.meshgrid(side, side)
    plane = np.stack([0.1 * x - 0.2 * y + 3, 0.05 * x + 1], axis=-1)
    whole_x, whole_y = np.meshgrid(np.arange(64), np.arange(64))
    expected = np.stack([0.1 * whole_x - 0.2 * whole_y + 3, 0.05 * whole_x + 1], axis=-1)
    np.testing.assert_allclose(thin_plate(64, plane), expected, atol=0.05)
    bend = np.random.default_rng(0).normal(0, 2, (CONTROLS, CONTROLS, 2))
    field = thin_plate(64, bend)
    np.testing.assert_allclose(field[[0, 0, -1, -1], [0, -1, 0, -1]], bend[[0, 0, -1, -1], [0, -1, 0, -1]], atol=1e-3)
    inner = field[21, 42] - bend[1, 2]  # a control point between those of the coarse grid
    assert np.abs(inner).max() < 0.6


def test_no_motion_leaves_the_mask_and_a_shift_is_a_shift():
    np.testing.assert_array_equal(moved(MASK, STILL, NO_BEND), MASK)
    shifted = moved(MASK, [[1, 0, 5], [0, 1, -3]], NO_BEND)
    np.testing.assert_array_equal(shifted[3:, :-5], MASK[:-3, 5:])
    constant = moved(MASK, STILL, NO_BEND + [5, -3])
    np.testing.assert_allclose(constant[3:, :-5].astype(int), MASK[:-3, 5:], atol=2)


def test_who_is_cut_off_by_the_edge_goes_on_beyond_it():
    bust = np.zeros((64, 64), np.uint8)
    bust[30:, 16:48] = 255
    assert moved(bust, [[1, 0, 0], [0, 1, 6]], NO_BEND)[-1, 20] == 255


def test_motion_blur_is_the_mean_along_its_line():
    blurred = motion_blur(MASK, 0.0, 7)
    padded = np.pad(MASK.astype(float), ((0, 0), (3, 3)), mode="edge")
    expected = np.mean([padded[:, i : i + 64] for i in range(7)], axis=0)
    np.testing.assert_allclose(blurred, expected, atol=1)
    np.testing.assert_array_equal(motion_blur(MASK.T.copy(), np.pi / 2, 7), blurred.T)
    np.testing.assert_array_equal(motion_blur(MASK, 1.0, 0.9), MASK)


@pytest.mark.parametrize("pixels", [1, 3])
def test_growing_and_shrinking_move_the_edge_of_a_disc_by_that_much(pixels):
    y, x = np.mgrid[:64, :64] - 32
    disc = np.uint8(255) * (x**2 + y**2 <= 15**2)
    radius = {sign: np.sqrt(grown(disc, sign * pixels).astype(bool).sum() / np.pi) for sign in (-1, 1)}
    assert abs(radius[1] - 15 - pixels) < 0.6 and abs(radius[-1] - 15 + pixels) < 0.6
    np.testing.assert_array_equal(grown(disc, 0.4), disc)


def test_empty_and_wrong_ones_come_as_often_as_is_said():
    made = [drawn(seed, prior_empty=0.5, prior_wrong=0.25) for seed in range(400)]
    empty = np.mean([not mask.any() for mask in made])
    wrong = np.mean([np.array_equal(mask, another()) for mask in made])
    assert abs(empty - 0.5) < 0.08 and abs(wrong - 0.25) < 0.07
    assert not any(drawn(seed, prior_empty=1.0).any() for seed in range(9))


def test_the_others_are_near_the_truth_and_never_quite_it():
    shares = [iou(drawn(seed, prior_empty=0.0, prior_wrong=0.0), MASK) for seed in range(100)]
    assert np.median(shares) > 0.85 and min(shares) < 0.8
    still = [iou(drawn(seed, prior_empty=0.0, prior_wrong=0.0, prior_motion=0.0), MASK) for seed in range(100)]
    assert np.median(still) > np.median(shares)


def test_ignored_pixels_are_nobody_and_the_mask_stays_as_it_was():
    target = SOFT.copy()
    target[:32] = -1
    before = target.copy()
    made = drawn(1, target, prior_empty=0.0, prior_wrong=0.0, prior_motion=0.0)
    assert made[:20].mean() < 30 and made.dtype == np.uint8
    np.testing.assert_array_equal(target, before)


def test_photos_that_judge_get_none_a_near_one_and_anothers_by_turns():
    none, near, other = (prior_by_turns(index, MASK, another()) for index in (3, 4, 5))
    assert not none.any() and iou(near, MASK) > 0.5
    np.testing.assert_array_equal(other, another())
    np.testing.assert_array_equal(near, prior_by_turns(4, MASK, another()))


def test_a_batch_with_a_prior_has_the_same_fourth_channel_in_both_views():
    plain, made = batches().batch(0), batches(prior=True).batch(0)
    assert made["image"].shape == made["view2"].shape == (4, 32, 32, 4)
    np.testing.assert_array_equal(made["image"][..., 3], made["view2"][..., 3])
    np.testing.assert_array_equal(made["image"][0, ..., :3], plain["image"][0])  # of the first drawn all else is alike


def test_a_frame_without_anybody_may_still_have_somebodys_mask():
    augmentation = settings(nobody=1.0, prior_empty=0.0, prior_wrong=1.0)
    batch = batches(SyntheticPortraits(10, 48), prior=True, augmentation=augmentation).batch(0)
    assert not batch["mask"].any() and batch["image"][..., 3].any()


def test_a_mask_is_fitted_as_its_photo_is():
    tall = np.full((96, 48), 255, np.uint8)
    fitted = fit_mask(tall, 32, "letterbox")
    assert fitted[:, 8:24].min() == 255 and not fitted[:, :8].any() and not fitted[:, 24:].any()
    np.testing.assert_array_equal(fit_mask(tall, 32, "stretch"), np.full((32, 32), 255))
