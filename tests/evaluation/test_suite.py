import numpy as np
import pytest

from tests.conftest import write_portraits
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.suite import format_suite, read_suite, run_suite
from tf_portrait.inference.pictures import write_png

LEFT, NOTHING = "left half", "nothing"


def _left_half(rgb):
    alpha = np.zeros(rgb.shape[:2], np.float32)
    alpha[:, : alpha.shape[1] // 2] = 1
    return alpha


def _nothing(rgb):
    return np.zeros(rgb.shape[:2], np.float32)


@pytest.fixture
def folder(tmp_path):
    write_portraits(tmp_path / "selfies", 11)
    write_portraits(tmp_path / "street", 2)
    (tmp_path / "walls" / "images").mkdir(parents=True)
    write_png(tmp_path / "walls" / "images" / "wall.png", np.full((20, 30, 3), 200, np.uint8))
    return tmp_path


def test_a_suite_scores_each_set_by_itself_and_the_worst_tenth(folder):
    (folder / "suite.toml").write_text(
        'corruptions = ["dark"]\ndrawn = 3\n[sets]\na = "selfies"\n[nobody]\nwalls = "walls"\n'
    )
    result = run_suite({LEFT: _left_half, NOTHING: _nothing}, read_suite(folder / "suite.toml"), progress=False)
    masks = [read_mask(path) > 127 for path in sorted((folder / "selfies" / "masks").iterdir())]
    halves = [_left_half(mask) > 0.5 for mask in masks]
    ious = [np.sum(half & mask) / np.sum(half | mask) for half, mask in zip(halves, masks, strict=True)]
    clean = result["sets"]["a"]["clean"][LEFT]
    assert clean["iou"] == pytest.approx(np.mean(ious))
    assert clean["worst_tenth"] == pytest.approx(min(ious))  # one of eleven
    assert list(result["sets"]["a"]) == ["clean", "dark"]
    assert result["sets"]["a"]["dark"] == result["sets"]["a"]["clean"]  # neither looks at the photo
    assert set(result["nobody"]) == {"walls", "drawn"}
    assert result["nobody"]["walls"][LEFT]["mean"] == result["nobody"]["walls"][LEFT]["worst"] == 0.5
    assert result["nobody"]["drawn"][NOTHING]["worst"] == 0


def test_a_folder_of_sets_is_a_suite(folder):
    suite = read_suite(folder)
    assert {name: len(pairs) for name, pairs in suite.sets.items()} == {"selfies": 11, "street": 2}
    assert [path.name for path in suite.nobody["walls"]] == ["wall.png"]


def test_the_table_has_a_column_for_each_model_in_every_row(folder):
    result = run_suite({LEFT: _left_half, NOTHING: _nothing}, read_suite(folder), progress=False)
    lines = format_suite(result).splitlines()
    assert lines[0] == "|  | left half | nothing |"
    assert {line.count("|") for line in lines[2:]} == {4}
    assert "| street: IoU, boundary F1 |" in "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[sets]\na = "missing"\n', "missing: no such folder"),
        ('[sets]\na = "selfies"\n[nobody]\nb = "gone"\n', "gone: no such folder"),
        ('[sets]\na = "selfies"\n[nothing]\n', "'nothing' is unknown in a suite"),
        ('corruptions = ["fog"]\n[sets]\na = "selfies"\n', "no corruption is called 'fog'"),
        ("drawn = 3\n", "names no set"),
        ("drawn 3\n", "no suite can be read"),
    ],
)
def test_what_is_wrong_with_a_suite_is_said_before_it_runs(folder, text, told):
    (folder / "suite.toml").write_text(text)
    with pytest.raises(PortraitError, match=told):
        read_suite(folder / "suite.toml")
