"""Shared fixtures: tiny data sets on disk, the optional material beside the project, pipelines as subprocesses."""

import os
import subprocess
import sys
import types
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest
from PIL import Image

from tf_portrait.cli import run
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


COMMANDS = {
    "quantize_export": "export",
    "pseudo_label": "label",
}  # pipelines/NAME.py where the command is named otherwise


@pytest.fixture
def pipeline(tmp_path, monkeypatch, capsys):
    """pipeline("train.py", "--data", ..) does in this process, in an empty folder, what the script does.

    Returns returncode, stdout, stderr, as a finished process has them. Importing Keras anew would take seconds a call.
    """

    def call(name, *arguments, cwd=tmp_path):
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        stem = Path(name).stem
        try:
            code = run(COMMANDS.get(stem, stem), list(map(str, arguments)), prog=f"python pipelines/{name}")
        except SystemExit as exit:  # argparse
            code = exit.code
        out, err = capsys.readouterr()
        return types.SimpleNamespace(returncode=code, stdout=out, stderr=err)

    return call


@pytest.fixture
def process(tmp_path):
    """process("train.py", "--data", ..) runs the script as a user does, in an empty folder."""

    def call(name, *arguments, env=None, cwd=tmp_path):
        return subprocess.run(
            [sys.executable, ROOT / "pipelines" / name, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return call
