"""Fixtures of what is done in bulk."""

import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.inference import bulk
from tf_portrait.inference.bulk import Worker


@pytest.fixture
def seven(tmp_path):
    """Six portraits, one that is broken, and two that share a name."""
    folder = write_portraits(tmp_path / "photos", 6) / "images"
    (folder / "0003.jpg").write_bytes(b"broken")
    Image.open(folder / "0001.jpg").save(folder / "0001.png")
    return folder


@pytest.fixture
def here(monkeypatch):
    """Tasks of two photos, done in this process in place of Ray's; a list of the photos that were asked about."""
    asked = []

    def by_ray(tasks, make):
        worker = Worker(make)
        for task in reversed(tasks):  # in any order
            asked.extend(photo for photo, _ in task)
            yield worker.run(task)

    monkeypatch.setattr(bulk, "by_ray", by_ray)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    return asked
