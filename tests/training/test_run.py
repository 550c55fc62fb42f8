"""Run folders: one training in each, whatever is started when, and nothing of the user's is touched."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import ROOT, write_portraits
from tests.tiny import tiny
from tf_portrait.data.folder import list_pairs
from tf_portrait.errors import PortraitError
from tf_portrait.files import UNFINISHED
from tf_portrait.models import NETWORKS
from tf_portrait.models.archive import BEST
from tf_portrait.training.run import HISTORY, LAST, LOCK, SETTINGS, Run, open_run
from tf_portrait.training.train import train

TINY = ["network=tiny", "options.channels=4", "size=32", "batch=4", "steps=2", "objective=M", "synthetic=8"]


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "tiny", tiny)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of photos and a run of one epoch on them."""
    folder = tmp_path_factory.mktemp("trained")
    photos = write_portraits(folder / "photos", 8, size=40)
    train(photos, recipe="quickstart", out=folder / "run", set=[*TINY, "epochs=1"], progress=False)
    return folder


def test_two_that_start_at_once_get_two_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runs = [open_run(None, "photos", False) for _ in range(3)]
    assert [str(run.folder) for run in runs] == ["runs/photos", "runs/photos-2", "runs/photos-3"]
    runs[0].release()
    assert str(open_run(None, "photos", False).folder) == "runs/photos"


def test_a_second_training_in_a_folder_names_the_first(tmp_path):
    code = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tf_portrait.training.run import open_run\n"
        f"run = open_run({str(tmp_path / 'run')!r}, 'x', False); print(flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    other.stdout.readline()
    try:
        with pytest.raises(PortraitError, match=rf"run: process {other.pid} is training in it; wait for it"):
            open_run(tmp_path / "run", "x", False)
    finally:
        other.kill()
        other.wait()
    open_run(tmp_path / "run", "x", False).release()  # a kill leaves no lock behind
    assert not (tmp_path / "run" / LOCK).exists()


def test_resume_clears_what_a_kill_left_and_nothing_else(tmp_path):
    (tmp_path / LAST).touch()
    for name in (f"{UNFINISHED}last-x.npz", ".my-notes", ".git-keep"):
        (tmp_path / name).touch()
    open_run(tmp_path, "x", True).release()
    assert {path.name for path in tmp_path.iterdir()} == {LAST, ".my-notes", ".git-keep"}


def test_run_json_says_what_resume_really_used(trained):
    again = trained / "again"
    photos = write_portraits(trained / "more", 8, size=40, seed=5)
    train(photos, recipe="quickstart", out=again, set=[*TINY, "epochs=1"], progress=False)
    train(trained / "photos", out=again, resume=True, set=["epochs=2", "learning_rate=0.0005"], progress=False)
    saved = json.loads((again / SETTINGS).read_text())
    assert (saved["recipe"]["epochs"], saved["recipe"]["learning_rate"]) == (2, 0.0005)
    assert saved["data"] == [str(trained / "photos")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"set": ["size=64"]}, r"size=64: .*run trains with size=32, which cannot change on the way; .*--init"),
        ({"set": ["options.channels=8"]}, "which cannot change on the way"),
        ({"set": ["network=elb"]}, "network=elb: .*cannot change"),
        ({"init": "other.keras"}, r"--init other\.keras: .* began from random weights and goes on from its checkpoint"),
        ({"recipe": "photos"}, "holds a run of recipe quickstart, not photos"),
    ],
)
def test_what_cannot_change_is_said_before_it_starts(trained, arguments, message):
    before = (trained / "run" / SETTINGS).read_bytes()
    with pytest.raises(PortraitError, match=message):
        train(out=trained / "run", resume=True, progress=False, **arguments)
    assert (trained / "run" / SETTINGS).read_bytes() == before and not (trained / "run" / LOCK).exists()


DAMAGES = {
    SETTINGS: [b"", b"{", b"[]", b"{}", b'{"recipe": 3}', b'{"recipe": {"size": 32}}', b"\xff\xfe\x00", b"null"],
    LAST: [b"", b"PK", b"\x00" * 4000, b'{"epoch": 1}'],
    BEST: [b"", b"PK\x05\x06", b"\x00" * 4000],
}


@pytest.mark.parametrize(("name", "content"), [(name, content) for name, all in DAMAGES.items() for content in all])
def test_a_damaged_run_folder_is_a_sentence_with_the_file(trained, name, content):
    path = trained / "run" / name
    good = path.read_bytes()
    try:
        path.write_bytes(content)
        with pytest.raises(PortraitError, match=name.replace(".", r"\.")):
            train(out=trained / "run", resume=True, set=["epochs=3"], progress=False)
    finally:
        path.write_bytes(good)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\n", b"epoch,val_iou\n0,x\n", b"epoch,val_iou\n0,0.5,7,8\n", b"a\n1\n"]
)
def test_a_damaged_history_costs_its_epochs_and_no_training(tmp_path, capsys, content):
    (tmp_path / HISTORY).write_bytes(content)
    run = Run(tmp_path)
    run.read_history(1)
    assert run.history == []
    assert f"{HISTORY}: 1 of 1 epochs are missing or damaged" in capsys.readouterr().out
    run.add({"epoch": 1, "val_iou": 0.5})
    run.read_history(2)
    assert run.history == [{"epoch": 1, "val_iou": 0.5}]


def test_a_lock_whose_file_its_owner_took_away_is_nobodys(tmp_path, monkeypatch):
    first, opened = open_run(tmp_path / "run", "x", False), []

    def open_then_release(*arguments):
        file = open(*arguments)  # noqa: SIM115 (the lock of a run)
        if not opened:
            first.release()  # between our open and our lock
        opened.append(file)
        return file

    monkeypatch.setattr("tf_portrait.training.run.open", open_then_release, raising=False)
    second = open_run(tmp_path / "run", "x", False)
    assert len(opened) == 2 and opened[0].closed
    with pytest.raises(PortraitError, match="is training in it"):
        open_run(tmp_path / "run", "x", False)
    second.release()


def test_halves_that_a_kill_left_in_the_first_epoch_do_not_keep_the_folder(tmp_path):
    (tmp_path / f"{UNFINISHED}best-x.keras").touch()
    open_run(tmp_path, "x", False).release()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(PortraitError, match="is not empty; add --resume"):
        open_run(tmp_path, "x", False)


@pytest.mark.parametrize("key", ["data", "val", "backgrounds", "mask_values", "ignore"])
@pytest.mark.parametrize("value", [3, [["a"]], [3], {"a": 1}, True])
def test_settings_of_the_wrong_kind_are_a_sentence_with_the_file(trained, key, value):
    path = trained / "run" / SETTINGS
    good = path.read_text()
    try:
        path.write_text(json.dumps({**json.loads(good), key: value}))
        with pytest.raises(PortraitError, match=r"run\.json: cannot be used"):
            train(out=trained / "run", resume=True, set=["epochs=3"], progress=False)
    finally:
        path.write_text(good)


def _npz(path, how):
    if how == "empty":
        np.savez(path)
    elif how == "pickled":
        np.savez(path, weight=np.array([{"a": 1}], dtype=object))
    elif how == "nan":
        np.savez(path, weight=np.array([1.0, np.nan]))
    elif how == "words":
        np.savez(path, weight=np.array(["a", "b"]))
    elif how == "text":
        path.write_text("no arrays")
    else:  # a header that claims 4 TB
        np.savez(path, weight=np.zeros(3))
        data = path.read_bytes().replace(b"'shape': (3,), }           ", b"'shape': (1099511627776,), }", 1)
        path.write_bytes(data)


@pytest.mark.parametrize("how", ["empty", "pickled", "words", "nan", "text", "huge"])
def test_arrays_that_cannot_be_weights_are_named(tmp_path, how):
    _npz(tmp_path / "w.npz", how)
    with pytest.raises(
        PortraitError, match=r"--init .*w\.npz: (cannot be read as arrays|holds no|weight holds (<U1|NaN))"
    ):
        train(init=tmp_path / "w.npz", out=tmp_path / "run", set=[*TINY, "epochs=1"], progress=False)


def test_shards_train_as_any_data_and_a_damaged_record_costs_itself(tmp_path):
    pytest.importorskip("array_record", reason="needs pip install 'tf_portrait[scale]'")
    from tf_portrait.data.shard_writer import write_shards

    write_shards(list_pairs(write_portraits(tmp_path / "photos", 12, size=40)), tmp_path / "shards", progress=False)
    shard = tmp_path / "shards" / "00000.array_record"
    data = bytearray(shard.read_bytes())
    data[200:208] = b"\xff" * 8  # in the first record
    shard.write_bytes(data)
    several = [tmp_path / "shards", write_portraits(tmp_path / "more", 6, size=40)]
    settings = [*TINY, "epochs=2", "steps=4", "data_weights=3,1"]
    with pytest.warns(UserWarning, match=r"left out: .*00000\.array_record, record 0: damaged"):
        summary = train(several, recipe="quickstart", out=tmp_path / "run", set=settings, progress=False)
    assert summary["epoch"] in (1, 2) and (tmp_path / "run" / BEST).is_file()
    row = Run(tmp_path / "run")
    row.read_history(2)
    assert all(entry["steps_per_second"] > 0 and 0 <= entry["input_wait"] <= 1 for entry in row.history)
