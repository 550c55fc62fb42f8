"""Metrics of videos, against masks of which the answer is known."""

import numpy as np
import pytest

from tf_portrait.metrics.temporal import (
    dtssd,
    flicker_curve,
    flicker_index,
    settling_frames,
    temporal_iou_difference,
)

GRAY = np.full((8, 8, 3), 100, np.uint8)


def box(left, size=16):
    mask = np.zeros((size, size), bool)
    mask[4:12, left : left + 8] = True
    return mask


def test_flicker_counts_still_pixels_alone():
    moved = GRAY.copy()
    moved[:, 4:] = 200
    alphas = [np.zeros((8, 8)), np.full((8, 8), 0.2)]
    alphas[1][:, 4:] = 1.0
    assert flicker_index([GRAY, moved], alphas) == pytest.approx(0.2)
    np.testing.assert_allclose(flicker_curve([GRAY, moved, GRAY + 3], [*alphas, alphas[1]]), [0.2, 0.0])
    assert np.isnan(flicker_curve([GRAY, GRAY + 50], alphas)).all() and flicker_index([GRAY, GRAY + 50], alphas) == 0


def test_plain_cloth_that_moves_is_no_flicker_where_the_truth_says_so():
    truths = [np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)]
    truths[1][:, :4] = 255
    alphas = [truth / 255 for truth in truths]
    alphas[1][0, 7] = 0.32
    assert flicker_index([GRAY, GRAY], alphas) == pytest.approx((32 + 0.32) / 64)
    assert flicker_index([GRAY, GRAY], alphas, truths) == pytest.approx(0.32 / 32)


def test_dtssd_forgives_motion_and_punishes_trembling_and_lag():
    truth = [box(left) for left in (0, 2, 4, 6)]
    assert dtssd(truth, truth) == 0
    lagging = [truth[0], *truth[:-1]]
    assert dtssd(lagging, truth) > 0
    trembling = [mask + 0.0 for mask in [truth[0]] * 3]
    trembling[1] = np.clip(trembling[1] + 0.5, 0, 1)
    added = 0.5 * (1 - truth[0].mean())  # its square, over all pixels, of a step up and a step down
    assert dtssd(trembling, [truth[0]] * 3) == pytest.approx(np.sqrt(0.5 * added), rel=1e-6)


def test_temporal_iou_difference_by_hand():
    truth, still = [box(0), box(2)], [box(0), box(0)]
    kept = (8 * 6) / (2 * 64 - 8 * 6)  # of 8 columns 6 overlap
    assert temporal_iou_difference(still, truth) == pytest.approx(1 - kept)
    assert temporal_iou_difference(truth, truth) == 0


@pytest.mark.parametrize(
    ("ious", "lag"), [([0.9] * 6, 0), ([0.2, 0.5, 0.9, 0.9, 0.9, 0.9], 2), ([0.895] + [0.9] * 5, 0)]
)
def test_settling_counts_the_frames_that_are_not_yet_right(ious, lag):
    assert settling_frames([0.1, 0.1, *ious], 2) == lag


def test_too_little_to_compare_is_said():
    for call in (
        lambda: dtssd([box(0)], [box(0)]),
        lambda: temporal_iou_difference([box(0)], [box(0)]),
        lambda: flicker_index([GRAY], [GRAY[..., 0]]),
        lambda: settling_frames([0.5], 0),
    ):
        with pytest.raises(ValueError, match=r"two"):
            call()
