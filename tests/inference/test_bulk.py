"""Labeling by many workers: the files of the plain loop, each photo once, whatever was killed when."""

import json

import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.errors import PortraitError
from tf_portrait.inference import bulk
from tf_portrait.inference.bulk import DONE, Labeler, label_by_ray
from tf_portrait.inference.pseudo import label_photos
from tf_portrait.inference.segmenter import Segmenter

TEACHERS = ["portraitnet_fast"]


@pytest.fixture
def photos(tmp_path):
    """Six portraits, one that is broken, and two that share a name."""
    folder = write_portraits(tmp_path / "photos", 6) / "images"
    (folder / "0003.jpg").write_bytes(b"broken")
    Image.open(folder / "0001.jpg").save(folder / "0001.png")
    return folder


@pytest.fixture
def here(monkeypatch):
    """Tasks of two photos, done in this process; a list of the photos that were asked about."""
    asked = []

    def by_ray(tasks, *settings):
        worker = Labeler(*settings)
        for task in reversed(tasks):  # in any order
            asked.extend(photo for photo, _ in task)
            yield worker.label(task)

    monkeypatch.setattr(bulk, "by_ray", by_ray)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    return asked


def contents(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.*") if path.name != DONE}


def by_loop(photos, out, why):
    return label_photos(
        [Segmenter(name) for name in TEACHERS], photos, out, unsure=True, progress=False, unreadable=why
    )


def test_workers_leave_what_the_loop_leaves(photos, tmp_path, here):
    expected, found = [], []
    first = by_loop(photos, tmp_path / "loop", expected)
    second = label_by_ray(TEACHERS, photos, tmp_path / "ray", unsure=True, progress=False, unreadable=found)
    assert first == second == (6, 0) and found == expected and "0003.jpg" in found[0]
    assert contents(tmp_path / "loop") == contents(tmp_path / "ray") and len(here) == len(set(here)) == 7


def test_after_a_kill_the_rest_is_asked_about_and_nothing_twice(photos, tmp_path, here):
    out = tmp_path / "out"
    whole = label_by_ray(TEACHERS, photos, out, unsure=True, progress=False)
    before, lines = contents(out), (out / DONE).read_text().splitlines(keepends=True)
    kept = {entry["photo"] for line in lines[:2] for entry in json.loads(line)["photos"]}
    (out / DONE).write_text("".join(lines[:2]) + lines[2][:20])  # killed while it noted the third task
    here.clear()
    assert label_by_ray(TEACHERS, photos, out, unsure=True, progress=False) == whole
    assert contents(out) == before and set(here) == {str(path) for path in photos.iterdir()} - kept
    here.clear()
    label_by_ray(TEACHERS, photos, out, unsure=True, progress=False)
    assert here == []


def test_names_that_moved_are_refused(photos, tmp_path, here):
    label_by_ray(TEACHERS, photos, tmp_path / "out", unsure=True, progress=False)
    Image.open(photos / "0001.png").save(photos / "0001.bmp")  # comes first, and would take its name
    with pytest.raises(PortraitError, match=r"0001\.\w+ is .* there, and would be .* now; choose another --out"):
        label_by_ray(TEACHERS, photos, tmp_path / "out", unsure=True, progress=False)


def test_ray_is_for_photos_without_masks(portraits, pipeline):
    found = pipeline("pseudo_label.py", portraits, "--out", "out", "--engine", "ray", "--complete")
    assert found.returncode == 2 and "--engine ray: is for photos without masks" in found.stderr


@pytest.mark.slow
def test_ray_itself(photos, tmp_path):
    pytest.importorskip("ray", reason="needs pip install 'tf_portrait[scale]'")
    expected = []
    first = by_loop(photos, tmp_path / "loop", expected)
    assert label_by_ray(TEACHERS, photos, tmp_path / "ray", unsure=True, progress=False) == first
    assert contents(tmp_path / "loop") == contents(tmp_path / "ray")
