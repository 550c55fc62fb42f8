import importlib
import math

import numpy as np
import pytest

from tf_portrait.metrics import (
    METRICS,
    boundary_f1,
    class_miou,
    edge_iou,
    flicker_index,
    outline_distance,
    photo_scores,
    portrait_iou,
    split_mask,
)

RNG = np.random.default_rng(0)


def random_masks(shape=(17, 23)):
    """Two overlapping blobs with ragged edges."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    true = (y - 8) ** 2 + (x - 10) ** 2 < 40 + RNG.normal(0, 6, shape)
    pred = (y - 9) ** 2 + (x - 12) ** 2 < 45 + RNG.normal(0, 6, shape)
    return pred, true


def loop_iou(pred, true):
    both = either = 0
    for p, t in zip(pred.ravel(), true.ravel(), strict=True):
        both += p and t
        either += p or t
    return both / either if either else 1.0


def loop_edge_iou(pred, true, sigma, mode):
    both = either = 0.0
    pixels = list(np.ndindex(*true.shape))
    for i in pixels:
        distance = min(math.dist(i, j) for j in pixels if true[j] != true[i])
        weight = math.exp(-(distance**2) / (2 * sigma**2))
        if mode == "paper" and not true[i]:
            weight = 0.0
        both += weight * (pred[i] and true[i])
        either += weight * (pred[i] or true[i])
    return both / either


def loop_boundary_f1(pred, true, width):
    reach, (height, columns) = width // 2, true.shape
    tp = fp = fn = 0
    for y, x in np.ndindex(*true.shape):
        window = true[max(0, y - reach) : min(height, y + reach + 1), max(0, x - reach) : min(columns, x + reach + 1)]
        if window.any() and not window.all():
            tp += pred[y, x] and true[y, x]
            fp += pred[y, x] and not true[y, x]
            fn += true[y, x] and not pred[y, x]
    return 2 * tp / (2 * tp + fp + fn)


@pytest.mark.parametrize("trial", range(3))
def test_iou_equals_a_loop(trial):
    pred, true = random_masks()
    assert portrait_iou(pred, true) == pytest.approx(loop_iou(pred, true))
    assert class_miou(pred, true) == pytest.approx((loop_iou(pred, true) + loop_iou(~pred, ~true)) / 2)


@pytest.mark.parametrize("mode", ["paper", "symmetric"])
@pytest.mark.parametrize("sigma", [3, 20, 80])
def test_edge_iou_equals_a_loop(sigma, mode):
    pred, true = random_masks()
    assert edge_iou(pred, true, sigma, mode) == pytest.approx(loop_edge_iou(pred, true, sigma, mode), abs=1e-5)


@pytest.mark.parametrize("width", [3, 7, 15])
def test_boundary_f1_equals_a_loop(width):
    pred, true = random_masks()
    assert boundary_f1(pred, true, width) == pytest.approx(loop_boundary_f1(pred, true, width))


def test_edge_iou_tends_to_iou_or_recall():
    pred, true = random_masks()
    assert edge_iou(pred, true, 1e5, "symmetric") == pytest.approx(portrait_iou(pred, true), abs=1e-6)
    assert edge_iou(pred, true, 1e5, "paper") == pytest.approx(np.sum(pred & true) / np.sum(true), abs=1e-6)


@pytest.mark.parametrize(
    ("pred", "true", "expected"),
    [(0, 0, 1.0), (1, 0, 0.0), (0, 1, 0.0), (1, 1, 1.0)],
)
def test_empty_and_full_masks(pred, true, expected):
    pred, true = (np.full((6, 6), bool(value)) for value in (pred, true))
    assert portrait_iou(pred, true) == expected
    assert edge_iou(pred, true, 3) == expected
    assert edge_iou(pred, true, 3, "symmetric") == expected


def test_perfect_masks_score_one():
    _, true = random_masks()
    assert portrait_iou(true, true) == class_miou(true, true) == edge_iou(true, true, 3) == boundary_f1(true, true) == 1


def test_golden_iou(shared):
    with np.load(shared / "golden" / "portraitnet_losses.npz") as golden:
        pred = golden["mask_logits"].argmax(1) > 0
        scores = [portrait_iou(p, t > 0) for p, t in zip(pred, golden["mask"], strict=True)]
        np.testing.assert_allclose(scores, golden["iou_per_image"], atol=1e-6)


def test_wrong_arguments_are_refused():
    pred, true = random_masks()
    with pytest.raises(ValueError, match="must be boolean"):
        portrait_iou(pred.astype(float), true)
    with pytest.raises(ValueError, match="share one"):
        portrait_iou(pred[1:], true)
    with pytest.raises(ValueError, match="odd kernel"):
        boundary_f1(pred, true, 14)
    with pytest.raises(ValueError, match="mode='soft'"):
        edge_iou(pred, true, 3, "soft")


def test_flicker_counts_changes_of_still_pixels_only():
    frames = [np.full((4, 4, 3), 100, np.uint8) for _ in range(3)]
    frames[2] = frames[2].copy()
    frames[2][:2] = 200  # the upper half moves
    alphas = [np.zeros((4, 4)), np.full((4, 4), 0.5), np.full((4, 4), 0.5)]
    alphas[2] = alphas[2].copy()
    alphas[2][:2] = 1.0  # and only there the mask changes
    assert flicker_index(frames, alphas) == pytest.approx((0.5 + 0.0) / 2)


@pytest.mark.parametrize("trial", range(3))
def test_ignored_pixels_are_left_out(trial):
    pred, true = random_masks()
    counted = RNG.random(true.shape) < 0.7
    ignored = ~counted
    for value in (False, True):  # whatever the prediction says there
        other = np.where(ignored, value, pred)
        assert portrait_iou(other, true, counted) == pytest.approx(loop_iou(pred[counted], true[counted]))
        background = loop_iou(~pred[counted], ~true[counted])
        assert class_miou(other, true, counted) == pytest.approx((portrait_iou(pred, true, counted) + background) / 2)
        assert boundary_f1(other, true, 7, counted) == boundary_f1(pred, true, 7, counted)
        for mode in ("paper", "symmetric"):
            distance = outline_distance(true).astype(float)
            weight = np.exp(-(distance**2) / 50) * (true if mode == "paper" else 1) * counted
            expected = np.sum(weight * (pred & true)) / np.sum(weight * (pred | true))
            assert edge_iou(other, true, 5, mode, counted) == pytest.approx(expected, rel=1e-5)


def test_scores_by_name_are_the_metrics_and_measure_the_outline_once(monkeypatch):
    pred, true = random_masks()
    module = importlib.import_module("tf_portrait.metrics.photo")
    calls = []
    monkeypatch.setattr(module, "outline_distance", lambda mask: calls.append(1) or outline_distance(mask))
    scores = photo_scores(pred.astype(float), true * np.uint8(255))
    assert list(scores) == list(METRICS) and len(calls) == 1
    assert scores["edge_iou_20"] == edge_iou(pred, true, 20)
    assert scores["edge_iou_3_symmetric"] == edge_iou(pred, true, 3, "symmetric")
    assert scores["class_miou"] == class_miou(pred, true)
    assert photo_scores(pred.astype(float), true * np.uint8(255), metrics=("iou",)) == {"iou": portrait_iou(pred, true)}
    assert len(calls) == 1
    with pytest.raises(ValueError, match="metric 'dice' is unknown"):
        photo_scores(pred, true * np.uint8(255), metrics=("dice",))


def test_a_mask_with_a_second_plane_says_what_counts():
    mask = np.zeros((2, 3, 2), np.uint8)
    mask[0, :, 0], mask[..., 1] = 255, 255
    mask[1, 1, 1] = 200  # blended with an ignored pixel
    person, counted = split_mask(mask)
    assert person[0].all() and not person[1].any()
    np.testing.assert_array_equal(counted, [[1, 1, 1], [1, 0, 1]])
    assert split_mask(mask[..., 0])[1] is None
