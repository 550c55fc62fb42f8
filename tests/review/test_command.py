import json
import zlib

import pytest
from PIL import Image

from tests.conftest import write_portraits
from tests.review.sets import open_queue, pseudo_set
from tf_portrait.data.folder import list_pairs
from tf_portrait.journal import Journal


@pytest.fixture
def reviewed(tmp_path):
    """A set of five photos, and the journal of a review that got to the third."""
    pseudo_set(tmp_path / "p", 5)
    journal = Journal(tmp_path / "p_reviewed" / "review.jsonl")
    for name, decision in (("0004", "accept"), ("0003", "reject"), ("0002", "accept")):
        record = {"photo": f"{name}.jpg", "decision": decision}
        if decision == "accept":
            record["mask"] = zlib.crc32((tmp_path / "p" / "masks" / f"{name}.png").read_bytes())
        journal.append(record)
    journal.close()
    return tmp_path


def test_finish_writes_the_set_and_says_what_is_next(reviewed, pipeline):
    done = pipeline("review.py", "p", "--finish")
    assert done.returncode == 0, done.stderr
    assert (
        "5 photos: 2 accepted, 1 rejected, 2 to go" in done.stdout
        and "2 photos with masks, 0 of them mended" in done.stdout
    )
    assert f"next: python pipelines/train.py --data {reviewed / 'p_reviewed'}" in done.stdout
    assert [pair.image.name for pair in list_pairs(reviewed / "p_reviewed").pairs] == ["0002.jpg", "0004.jpg"]
    check = pipeline("train.py", "--check", "--data", reviewed / "p_reviewed")
    assert check.returncode == 0 and "2 of 2 photos checked, healthy" in check.stdout


def test_a_changed_mask_and_a_damaged_line_are_said(reviewed, pipeline):
    Image.new("L", (48, 48)).save(reviewed / "p" / "masks" / "0004.png")
    log = reviewed / "p_reviewed" / "review.jsonl"
    log.write_bytes(b"\0\0\n" + log.read_bytes())
    done = pipeline("review.py", "p", "--finish")
    assert done.returncode == 1 and "left out: " in done.stderr and "0004.png: has changed since" in done.stderr
    assert "review.jsonl, line 1: cannot be read; its decision is lost" in done.stderr
    assert json.loads(log.read_text().splitlines()[-1])["decision"] == "undo"


def test_raw_photos_become_a_set(tmp_path, pipeline):
    """Teachers, a review, a set: SINet's second way to more data, whole."""
    write_portraits(tmp_path / "drawn", 4, size=160)
    labeled = pipeline(
        "pseudo_label.py", "drawn/images", "--teacher", "portraitnet_fast", "--unsure", "--out", "labeled"
    )
    assert labeled.returncode == 0 and "4 photos with masks; 0 left out" in labeled.stdout, labeled.stderr
    queue, journal = open_queue(tmp_path / "labeled", tmp_path / "labeled_reviewed")
    doubts = [photo["doubt"] for photo in queue.next("one")]
    assert len(doubts) == 4 and doubts == sorted(doubts, reverse=True) and doubts[0] > 0
    for photo, decision in zip(queue.next("one"), ("reject", "accept", "accept", "accept"), strict=True):
        queue.decide(photo["id"], 0, decision, "one")
    journal.close()
    assert "3 photos with masks" in pipeline("review.py", "labeled", "--finish").stdout
    check = pipeline("train.py", "--check", "--data", "labeled_reviewed")
    assert check.returncode == 0 and "3 of 3 photos checked, healthy" in check.stdout


def test_mistakes_are_sentences(reviewed, pipeline):
    pseudo_set(reviewed / "q", 2)
    for path in (reviewed / "q" / "images").iterdir():
        path.rename(path.with_stem(f"other{path.stem}"))
    for path in (reviewed / "q" / "masks").iterdir():
        path.rename(path.with_stem(f"other{path.stem}"))
    (reviewed / "empty").mkdir()
    for arguments, why in (
        (["nowhere"], "error: nowhere: no such folder"),
        (["empty"], "error: empty: "),
        (["p", "--out", "p/x"], "lies in the folder that is read"),
        (["p", "--out", "q"], "is not empty and holds no review"),
        (
            ["q", "--out", "p_reviewed"],
            "review.jsonl: is about other photos than q, e.g. 0004.jpg; choose another --out",
        ),
        (["p", "--port", "99999"], "error: --port 99999: "),
    ):
        done = pipeline("review.py", *arguments)
        assert done.returncode == 2 and why in done.stderr, done.stderr
