"""Losses that look at the boundary: each against a loop in NumPy."""

import numpy as np
import pytest
from keras import ops

from tf_portrait.losses import (
    OBJECTIVES,
    Objective,
    band,
    band_cross_entropy,
    cross_entropy,
    refine,
    weighted_cross_entropy,
)
from tf_portrait.losses.refine import gradients

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (2, 12, 10, 2)).astype("float32")
MASK = np.zeros((2, 12, 10), "float32")
MASK[0, 4:9, 3:7], MASK[1, :, :5] = 1, 1


def loop_band(mask, kernel):
    """Pixels whose window, cut at the edge, holds both classes."""
    half, result = kernel // 2, np.zeros_like(mask)
    for b, y, x in np.ndindex(*mask.shape):
        window = mask[b, max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
        result[b, y, x] = window.min() != window.max()
    return result


def nll(logits, mask):
    margin = (logits[..., 1] - logits[..., 0]).astype("float64")
    return np.log1p(np.exp(np.where(mask > 0.5, -margin, margin)))


@pytest.mark.parametrize("kernel", [3, 5])
def test_the_band_is_where_a_window_sees_both_classes(kernel):
    np.testing.assert_array_equal(band(MASK, kernel), loop_band(MASK, kernel))


def test_band_cross_entropy_is_the_mean_over_the_band():
    inside = loop_band(MASK, 3) > 0
    np.testing.assert_allclose(band_cross_entropy(LOGITS, MASK, 3), nll(LOGITS, MASK)[inside].mean(), rtol=1e-5)
    assert float(band_cross_entropy(LOGITS, np.zeros_like(MASK), 3)) == 0


def test_weights_multiply_each_pixel():
    weight = RNG.random(MASK.shape).astype("float32")
    expected = (weight * nll(LOGITS, MASK)).mean()
    np.testing.assert_allclose(weighted_cross_entropy(LOGITS, MASK, weight), expected, rtol=1e-5)
    twice = cross_entropy(LOGITS, MASK) + weighted_cross_entropy(LOGITS, MASK, np.ones_like(MASK))
    np.testing.assert_allclose(twice, 2 * cross_entropy(LOGITS, MASK), rtol=1e-5)


def ramp(angle, steepness=1.0, size=16):
    y, x = np.mgrid[:size, :size].astype("float32")
    return steepness * (np.cos(angle) * x + np.sin(angle) * y)


def test_gradients_are_sobels_on_zero_to_one():
    vector, length = (np.asarray(part) for part in gradients(ramp(0)[None]))
    np.testing.assert_allclose(length[0, 4:-4, 4:-4], 8 / 15, rtol=1e-4)  # 4 x two pixels apart, x from 0 to 1 in 15
    np.testing.assert_allclose(np.abs(vector[0, 8, 8]), [1, 0], atol=1e-4)


def photo_and_logits(image_angle, mask_angle, steepness=4.0):
    photo = np.repeat(ramp(image_angle)[None, ..., None], 3, -1)
    photo = 255 * (photo - photo.min()) / (photo.max() - photo.min())
    margin = ramp(mask_angle)
    margin = steepness * (margin - margin.mean())
    return photo, np.stack([np.zeros_like(margin), margin], -1)[None].astype("float32")


def test_refine_vanishes_for_parallel_and_steep_edges_and_outside_the_boundary():
    boundary = np.zeros((1, 16, 16), "float32")
    boundary[:, 7:9, 7:9] = 1
    parallel, across = (
        float(refine(logits, photo, boundary))
        for photo, logits in (photo_and_logits(0.3, 0.3), photo_and_logits(0.3, 0.3 + np.pi / 2))
    )
    assert parallel < 5e-3 < 0.1 < across
    photo, logits = photo_and_logits(0.3, 0.3, 0.0)  # a flat mask has no edge: the magnitude loss remains
    edge = np.asarray(gradients(photo[..., 0])[1])[0, 7, 7]
    np.testing.assert_allclose(refine(logits, photo, boundary), 0.5 * 1.5 * edge, rtol=0.01)
    assert float(refine(logits, photo, np.zeros_like(boundary))) == 0


def test_objectives_add_their_terms():
    boundary = RNG.random(MASK.shape).astype("float32")
    terms = Objective(near=1.0, band=0.5, band_kernel=3, target="distance")(None, {"mask": LOGITS}, MASK, boundary)
    expected = (
        cross_entropy(LOGITS, MASK)
        + weighted_cross_entropy(LOGITS, MASK, boundary)
        + 0.5 * band_cross_entropy(LOGITS, MASK, 3)
    )
    np.testing.assert_allclose(terms["total"], expected, rtol=1e-6)
    assert set(terms) == {"mask", "near", "band", "total"}


def test_banet_weighs_three_terms():
    image = RNG.integers(0, 256, (*MASK.shape, 3)).astype("float32")
    outputs = {"mask": LOGITS, "boundary": LOGITS[..., :1]}
    target = loop_band(MASK, 3)
    terms = OBJECTIVES["banet_refine"](None, outputs, MASK, target, image)
    odds = LOGITS[..., 0].astype("float64")
    np.testing.assert_allclose(terms["boundary"], np.log1p(np.exp(np.where(target > 0, -odds, odds))).mean(), rtol=1e-5)
    expected = 0.6 * terms["mask"] + 0.3 * terms["boundary"] + 0.1 * refine(LOGITS, image, target)
    np.testing.assert_allclose(terms["total"], expected, rtol=1e-6)


def test_a_first_stage_is_held_against_every_nth_pixel():
    mask = ops.convert_to_tensor(RNG.integers(0, 2, (2, 48, 40)).astype("float32"))
    terms = Objective()(None, {"mask": LOGITS}, mask, None)
    np.testing.assert_allclose(terms["mask"], cross_entropy(LOGITS, mask[:, 2::4, 2::4]), rtol=1e-6)
