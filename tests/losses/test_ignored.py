"""A pixel with the target -1 must not matter to any loss on labels."""

import numpy as np
import pytest
from keras import ops

from tf_portrait.losses import (
    OBJECTIVES,
    band_cross_entropy,
    cross_entropy,
    focal,
    refine,
    soft_jaccard,
    weighted_cross_entropy,
)

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 3, (2, 12, 12, 2)).astype("float32")
TARGET = np.zeros((2, 12, 12), "float32")
TARGET[:, 3:9, 4:10] = 1
IGNORED = np.zeros_like(TARGET, bool)
IGNORED[:, 2:5, 3:11] = True
RIMMED = np.where(IGNORED, -1, TARGET).astype("float32")
IMAGE = RNG.integers(0, 256, (2, 12, 12, 3)).astype("float32")

LOSSES = {
    "cross_entropy": lambda logits, target: cross_entropy(logits, target),
    "focal": lambda logits, target: focal(logits, target),
    "soft_jaccard": lambda logits, target: soft_jaccard(logits, target),
    "band": lambda logits, target: band_cross_entropy(logits, target, 5),
    "near": lambda logits, target: weighted_cross_entropy(logits, target, np.abs(TARGET - 0.3)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_logits_of_ignored_pixels_do_not_matter(name):
    wild = np.where(IGNORED[..., None], RNG.normal(0, 30, LOGITS.shape), LOGITS).astype("float32")
    value = float(LOSSES[name](LOGITS, RIMMED))
    assert value == pytest.approx(float(LOSSES[name](wild, RIMMED)), rel=1e-6)
    assert np.isfinite(value) and value != pytest.approx(float(LOSSES[name](LOGITS, TARGET)), rel=1e-4)


@pytest.mark.parametrize("name", ["cross_entropy", "focal"])
def test_a_loss_with_ignored_pixels_is_the_loss_of_the_others(name):
    # One image, the ignored rows at its end: the same as the image without those rows.
    target = TARGET[:1].copy()
    target[:, 8:] = -1
    expected = float(LOSSES[name](LOGITS[:1, :8], TARGET[:1, :8]))
    assert float(LOSSES[name](LOGITS[:1], target)) == pytest.approx(expected, rel=1e-5)


def test_no_gradient_comes_from_ignored_pixels():
    import tensorflow as tf

    views = [{head: tf.Variable(LOGITS) for head in ("mask", "boundary")} for _ in range(2)]
    with tf.GradientTape() as tape:
        loss = OBJECTIVES["B"](None, views[1], RIMMED, RIMMED)["total"]
    for gradient in tape.gradient(loss, list(views[1].values())):
        gradient = ops.convert_to_numpy(gradient)
        assert not gradient[IGNORED].any() and gradient[~IGNORED].any()


def test_all_ignored_is_zero_and_refine_takes_no_notice():
    nothing = np.full_like(TARGET, -1)
    assert float(cross_entropy(LOGITS, nothing)) == 0 == float(focal(LOGITS, nothing))
    expected = float(refine(LOGITS, IMAGE, np.where(IGNORED, 0, TARGET)))
    assert float(refine(LOGITS, IMAGE, RIMMED)) == pytest.approx(expected)
