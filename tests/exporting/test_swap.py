"""An export takes the places of an older one at once, or not at all."""

import json
import os

import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.swap import swapped_in

CONTRACT = "model_contract.json"


@pytest.fixture
def folder(tmp_path):
    """An older export, and a file of the user's."""
    for name in ("a.tflite", "notes.txt"):
        (tmp_path / name).write_text("old")
    (tmp_path / "a.mlpackage").mkdir()
    (tmp_path / "a.mlpackage" / "old").write_text("old")
    (tmp_path / CONTRACT).write_text(json.dumps({"files": {"a.tflite": {}, "a.mlpackage": {}, "../up": {}}}))
    (tmp_path.parent / "up").write_text("not ours")
    return tmp_path


def fill(stage):
    (stage / "b.tflite").write_text("new")
    (stage / "a.mlpackage").mkdir()
    (stage / "a.mlpackage" / "new").write_text("new")
    (stage / CONTRACT).write_text(json.dumps({"files": {"b.tflite": {}, "a.mlpackage": {}}}))


def test_the_new_files_replace_the_old_and_nothing_else(folder):
    with swapped_in(folder) as stage:
        fill(stage)
        assert (folder / "a.tflite").read_text() == "old"
    assert sorted(os.listdir(folder)) == ["a.mlpackage", "b.tflite", CONTRACT, "notes.txt"]
    assert os.listdir(folder / "a.mlpackage") == ["new"]
    assert (folder.parent / "up").is_file()


def test_an_error_leaves_the_old_export(folder):
    before = sorted(os.listdir(folder))
    with pytest.raises(KeyboardInterrupt), swapped_in(folder) as stage:
        fill(stage)
        raise KeyboardInterrupt
    assert sorted(os.listdir(folder)) == before and (folder / "a.tflite").read_text() == "old"


def test_whenever_it_stops_no_contract_names_other_files(folder, monkeypatch):
    """The swap stops before each of its steps in turn; a contract that is there names files of its own export."""
    replace = os.replace
    for steps in range(3):
        left = [steps]

        def stops(source, target, left=left):
            if not left[0]:
                raise OSError(28, "No space left on device")
            left[0] -= 1
            replace(source, target)

        monkeypatch.setattr(os, "replace", stops)
        with pytest.raises(PortraitError, match="cannot be written"), swapped_in(folder) as stage:
            fill(stage)
        assert not (folder / CONTRACT).exists()


def test_what_a_killed_export_left_goes_after_a_day(folder):
    for name, age in ((".making-old", 100_000), (".making-new", 0)):
        (folder / name).mkdir()
        past = os.stat(folder).st_mtime - age
        os.utime(folder / name, (past, past))
    with swapped_in(folder) as stage:
        fill(stage)
    assert not (folder / ".making-old").exists() and (folder / ".making-new").exists()
