import numpy as np

from tests.conftest import write_portraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.store import read_pair
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.evaluation.robustness import format_robustness, robustness
from tf_portrait.metrics import portrait_iou


def test_each_corruption_is_scored_against_its_own_mask(tmp_path):
    pairs = list_pairs(write_portraits(tmp_path, 2)).pairs
    table = robustness({"left half": _left_half}, pairs, progress=False)
    assert list(table) == list(CORRUPTIONS)
    for kind in ("clean", "dark", "rotated 90"):
        ious = []
        for number, pair in enumerate(pairs):
            worse, turned = CORRUPTIONS[kind](*read_pair(pair), np.random.default_rng(number))
            ious.append(portrait_iou(_left_half(worse) > 0.5, turned > 127))
        assert table[kind]["left half"]["iou"] == np.mean(ious)
    assert table["dark"] == table["clean"] != table["rotated 90"]  # this one does not look at the photo


def test_the_table_says_what_is_lost_in_points():
    table = {
        "clean": {"a": {"iou": 0.95, "boundary_f1": 0.9}, "b": {"iou": 0.9, "boundary_f1": 0.8}},
        "dark": {"a": {"iou": 0.94, "boundary_f1": 0.87}, "b": {"iou": 0.905, "boundary_f1": 0.8}},
    }
    assert format_robustness(table).splitlines() == [
        "| IoU, boundary F1 | a | b |",
        "| --- | --- | --- |",
        "| clean | 0.9500, 0.9000 | 0.9000, 0.8000 |",
        "| dark | -1.00, -3.00 | +0.50, +0.00 |",
    ]


def _left_half(rgb):
    alpha = np.zeros(rgb.shape[:2], np.float32)
    alpha[:, : alpha.shape[1] // 2] = 1
    return alpha
