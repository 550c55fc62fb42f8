import json
import types

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tests.evaluation.test_robustness import _left_half
from tf_portrait.cli import evaluate as command
from tf_portrait.cli import run
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import mask_values
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.comparison import compare
from tf_portrait.evaluation.nobody import format_nobody, nobody
from tf_portrait.evaluation.robustness import format_robustness, robustness
from tf_portrait.evaluation.scores import evaluate


def test_one_damaged_photo_is_left_out_and_named(portraits):
    whole = evaluate(_left_half, list_pairs(portraits).pairs, progress=False)
    (portraits / "images" / "0000.jpg").write_bytes(b"\0\5\26\7")
    rest = evaluate(_left_half, list_pairs(portraits).pairs, progress=False)
    assert len(rest["photos"]) == 11 and "0000.jpg" in rest["unreadable"][0] and not whole["unreadable"]
    assert rest["mean"]["iou"] == pytest.approx(np.mean([photo["iou"] for photo in whole["photos"][1:]]))
    unreadable = []
    robustness({"a": _left_half}, list_pairs(portraits).pairs, progress=False, unreadable=unreadable)
    assert len(unreadable) == 1


def test_nothing_to_score_is_a_sentence(portraits):
    with pytest.raises(PortraitError, match="there is no photo with a mask"):
        evaluate(_left_half, [], progress=False)
    for path in (portraits / "images").iterdir():
        path.write_bytes(b"broken")
    with pytest.raises(PortraitError, match=r"none of 12 photos can be read; .*0000\.jpg"):
        evaluate(_left_half, list_pairs(portraits).pairs, progress=False)


def test_scores_leave_ignored_pixels_out(tmp_path):
    pairs = list_pairs(write_portraits(tmp_path, 1)).pairs
    truth = np.asarray(Image.open(pairs[0].mask)) > 127
    marked = np.where(truth, 1, 0).astype(np.uint8)
    marked[:, :32] = 9
    Image.fromarray(marked).save(pairs[0].mask)
    pairs = list_pairs(tmp_path, mask_values(["1"], ["9"])).pairs
    perfect_on_the_right = np.where(np.arange(64) < 32, ~truth, truth).astype(np.float32)
    scores = evaluate(lambda rgb: perfect_on_the_right, pairs, progress=False)["mean"]
    assert scores["iou"] == scores["class_miou"] == scores["boundary_f1"] == scores["edge_iou_3_symmetric"] == 1


class Bright:
    """Calls everything a person with the red of the photo as its probability; its card has a threshold of 0.9."""

    threshold = 0.9

    def __call__(self, rgb):
        return rgb[..., 0] / 255.0


def test_the_cards_threshold_decides_everywhere(portraits):
    pairs, segment = list_pairs(portraits).pairs[:2], Bright()
    iou = evaluate(segment, pairs, threshold=0.9, progress=False)["mean"]["iou"]
    assert iou != evaluate(segment, pairs, threshold=0.5, progress=False)["mean"]["iou"]
    assert evaluate(segment, pairs, progress=False)["mean"]["iou"] == iou
    assert robustness({"a": segment}, pairs, progress=False)["clean"]["a"]["iou"] == pytest.approx(iou)


def test_nobody_counts_false_person(tmp_path):
    for name, level in (("a.png", 255), ("b.png", 0)):
        Image.new("RGB", (20, 10), (level, 0, 0)).save(tmp_path / name)
    found = nobody({"bright": Bright(), "none": lambda rgb: np.zeros(rgb.shape[:2])}, tmp_path, progress=False)
    assert found["bright"]["photos"] == [1.0, 0.0]
    assert np.mean(found["bright"]["white"]) > 0.99 and np.max(found["bright"]["black"]) == 0
    assert all(max(shares) == 0 for shares in found["none"].values())
    text = format_nobody(found)
    assert "| photos | 50.0%, 1 of 2 above 5% | 0.0%, 0 of 2 above 5% |" in text
    table = {"clean": {name: {"iou": 0.9, "boundary_f1": 0.8} for name in found}}
    assert format_robustness(table, found).splitlines()[-1].startswith("| nobody: false person | ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "s.json"], "--data DIR"),
        (["--nobody", "--sheet", "s.png"], "need --data"),
        (["--data", "d", "--peers", "p.tflite", "--sheet", "s.png"], "--sheet s.png is of one model"),
        (["--data", "d", "--mask-values", "face"], "--mask-values face: expected"),
    ],
)
def test_flags_that_would_be_ignored_are_refused(capsys, arguments, message):
    assert run("evaluate", arguments) == 2
    assert message in capsys.readouterr().err


def test_json_holds_what_was_asked_for(tmp_path, portraits, monkeypatch):
    (portraits / "images" / "0001.jpg").write_bytes(b"broken")
    module = types.SimpleNamespace(Segmenter=lambda *a, **k: Bright())
    monkeypatch.setitem(__import__("sys").modules, "tf_portrait.inference.segmenter", module)
    monkeypatch.setattr(command, "beside_peers", lambda args, pairs, unreadable: {"nobody": {}})
    code = run("evaluate", ["--data", str(portraits), "--nobody", "--json", str(tmp_path / "s.json")])
    result = json.loads((tmp_path / "s.json").read_text())
    assert code == 1 and len(result["photos"]) == 11 and "0001.jpg" in result["unreadable"][0] and "nobody" in result


def test_comparison_uses_the_cards_threshold(portraits, monkeypatch):
    monkeypatch.setattr("tf_portrait.evaluation.comparison._milliseconds", lambda segmenters: dict.fromkeys(segmenters))
    pairs = list_pairs(portraits).pairs[:2]
    (row,) = compare({"a": Bright()}, pairs, progress=False)
    assert row["iou"] == pytest.approx(evaluate(Bright(), pairs, threshold=0.9, progress=False)["mean"]["iou"])
