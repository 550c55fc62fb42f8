"""Shared fixtures: tiny data sets on disk, the optional material beside the project, pipelines as subprocesses."""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest
from PIL import Image

from tf_portrait.data.drawn.portraits import SyntheticPortraits

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def shared():
    """The folder of golden vectors and real photos; a user does not have it."""
    if not SHARED.is_dir():
        pytest.skip("needs the development material in ../shared (golden vectors, ImageNet weights)")
    return SHARED


def write_portraits(folder, count, size=64, seed=0):
    """A data set of synthetic portraits: images/0000.jpg and masks/0000.png."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    source = SyntheticPortraits(count, size, seed)
    for index in range(count):
        photo, mask = source[index]
        Image.fromarray(photo).save(folder / "images" / f"{index:04d}.jpg", quality=95)
        Image.fromarray(mask).save(folder / "masks" / f"{index:04d}.png")
    return folder


@pytest.fixture
def portraits(tmp_path):
    """Twelve portraits of 64 x 64 in a folder."""
    return write_portraits(tmp_path / "portraits", 12)


@pytest.fixture
def pipeline(tmp_path):
    """pipeline("train.py", "--data", ..) runs it in an empty folder; returns the finished process."""

    def run(name, *arguments, env=None, **options):
        return subprocess.run(
            [sys.executable, ROOT / "pipelines" / name, *map(str, arguments)],
            cwd=options.pop("cwd", tmp_path),
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
            **options,
        )

    return run
