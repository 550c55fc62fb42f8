"""The examples run as they stand."""

import runpy

from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def call(name, *arguments):
    runpy.run_path(str(EXAMPLES / name))["main"](*arguments)


def test_cut_out(tmp_path, capsys):
    from tf_portrait.data.sample import SAMPLE

    call("cut_out.py", SAMPLE, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"cutout.png", "blurred.png", "replaced.png"}
    assert "of the photo is a person" in capsys.readouterr().out


def test_camera_loop(capsys):
    call("camera_loop.py", None, 4)
    assert capsys.readouterr().out.startswith("4 frames, median")


def test_train_and_export(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    call("train_and_export.py")
    lines = capsys.readouterr().out
    assert "example/export/portraitnet_float32.tflite: IoU" in lines and "evaluated again: IoU" in lines


def test_every_example_is_in_the_table():
    table = (EXAMPLES / "README.md").read_text()
    assert all(f"`{path.name}`" in table for path in EXAMPLES.glob("*.py"))
