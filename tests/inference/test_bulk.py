"""Work by many workers: each photo once, whatever was killed when, and to the files of one process alone."""

import json
import os
from functools import partial

import pytest
from PIL import Image

from tf_portrait.errors import PortraitError
from tf_portrait.inference import bulk
from tf_portrait.inference.bulk import in_bulk
from tf_portrait.inference.bulk_label import DONE, label_in_bulk
from tf_portrait.inference.pseudo import label_photos
from tf_portrait.inference.segmenter import Segmenter

TEACHERS = ["portraitnet_fast"]


def contents(out, note=DONE):
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.*") if path.name != note}


def by_loop(photos, out, why):
    return label_photos(
        [Segmenter(name) for name in TEACHERS], photos, out, unsure=True, progress=False, unreadable=why
    )


def test_workers_leave_what_the_loop_leaves(seven, tmp_path, here):
    expected, found = [], []
    first = by_loop(seven, tmp_path / "loop", expected)
    second = label_in_bulk(TEACHERS, seven, tmp_path / "ray", unsure=True, progress=False, unreadable=found)
    assert first == second == (6, 0) and found == expected and "0003.jpg" in found[0]
    assert contents(tmp_path / "loop") == contents(tmp_path / "ray") and len(here) == len(set(here)) == 7


def test_after_a_kill_the_rest_is_asked_about_and_nothing_twice(seven, tmp_path, here):
    out, broken = tmp_path / "out", str(seven / "0003.jpg")
    whole = label_in_bulk(TEACHERS, seven, out, unsure=True, progress=False)
    before, lines = contents(out), (out / DONE).read_text().splitlines(keepends=True)
    kept = {entry["photo"] for line in lines[1:3] for entry in json.loads(line)["photos"]}
    (out / DONE).write_text("".join(lines[:3]) + lines[3][:20])  # killed while it noted the third task
    here.clear()
    assert label_in_bulk(TEACHERS, seven, out, unsure=True, progress=False) == whole
    assert contents(out) == before and set(here) == {str(path) for path in seven.iterdir()} - (kept - {broken})
    here.clear()
    Image.open(seven / "0001.jpg").save(seven / "0003.jpg")  # mended: what failed is tried again
    assert label_in_bulk(TEACHERS, seven, out, unsure=True, progress=False) == (7, 0) and here == [broken]


def test_names_that_moved_and_other_teachers_are_refused(seven, tmp_path, here):
    label_in_bulk(TEACHERS, seven, tmp_path / "out", unsure=True, progress=False)
    with pytest.raises(PortraitError, match=r"labeled\.jsonl: is of agree 0\.0, not 0\.9; choose another --out"):
        label_in_bulk(TEACHERS, seven, tmp_path / "out", agree=0.9, unsure=True, progress=False)
    Image.open(seven / "0001.png").save(seven / "0001.bmp")  # comes first, and would take its name
    with pytest.raises(PortraitError, match=r"0001\.\w+ is 0001.* there, and would be .* now; choose another --out"):
        label_in_bulk(TEACHERS, seven, tmp_path / "out", unsure=True, progress=False)


def worker(seen, bad, photo, name):
    seen.append((photo, name))
    if photo in bad:
        raise PortraitError(f"{photo}: damaged")
    return {"remarks": [name]}


def test_each_item_is_noted_with_its_name_and_failures_are_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    items, note, bad = {number: f"name {number}" for number in range(8)}, tmp_path / "note.jsonl", {2, 5}

    def call(seen):
        return in_bulk(items, lambda: partial(worker, seen, bad), note, {"a": 1}, "loop", progress=False)

    first = []
    found = call(first)
    assert first == list(items.items()) and list(found) == list(items)
    assert found[2] == {"photo": 2, "as": "name 2", "why": "2: damaged"} and found[3]["remarks"] == ["name 3"]
    bad.clear()
    second = []
    assert not bulk.failures(call(second)) and second == [(2, "name 2"), (5, "name 5")]
    bad |= set(items)
    os.remove(note)
    with pytest.raises(PortraitError, match="0: damaged"):  # nothing worked
        call([])


def test_ray_is_for_photos_without_masks(portraits, pipeline):
    found = pipeline("pseudo_label.py", portraits, "--out", "out", "--engine", "ray", "--complete")
    assert found.returncode == 2 and "--engine ray: is for photos without masks" in found.stderr


@pytest.mark.slow
def test_ray_itself(seven, tmp_path):
    pytest.importorskip("ray", reason="needs pip install 'tf_portrait[scale]'")
    expected = []
    first = by_loop(seven, tmp_path / "loop", expected)
    assert label_in_bulk(TEACHERS, seven, tmp_path / "ray", unsure=True, progress=False) == first
    assert contents(tmp_path / "loop") == contents(tmp_path / "ray")
