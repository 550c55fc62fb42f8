"""pipelines/quantize_export.py and preflight.py as a user runs them."""

import hashlib
import json
import os

import keras
import pytest
from PIL import Image

import tf_portrait as tp
from tests.exporting.graph.test_deploy import trained
from tf_portrait.exporting import formats
from tf_portrait.files import write_atomically
from tf_portrait.models.archive import save_model

CARD = {
    "network": "portraitnet",
    "options": {"size": 64, "width": 0.25},
    "size": 64,
    "fit": "stretch",
    "threshold": 0.5,
    "recipe": "none",
}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "small.keras"
    save_model(path, trained(), CARD)
    return path


def test_files_report_contract_and_card(pipeline, model, portraits, tmp_path):
    app = tmp_path / "app"
    (app / "app/src/main").mkdir(parents=True)
    (app / "app/src/main/AndroidManifest.xml").touch()
    (app / "PortraitDemo.xcodeproj").mkdir()
    (app / "PortraitDemo.xcodeproj/project.pbxproj").touch()
    (app / "app/main.js").touch()
    apps = ("--android", app, "--ios", app, "--web", app)
    arguments = ("--data", portraits, "--val", portraits, "--qat-epochs", 1, "--gate-iou-drop", "-1", *apps)
    run = pipeline("quantize_export.py", model, *arguments)
    folder = tmp_path / "exports" / "small"
    names = [
        f"portraitnet{end}" for end in ("_float32.tflite", "_float16.tflite", "_int8.tflite", ".mlpackage", ".mlmodel")
    ]
    assert all((folder / name).exists() for name in names), run.stdout + run.stderr
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]

    report = json.loads((folder / "report.json").read_text())
    assert list(report["files"]) == names and report["photos"] == 12
    assert report["files"][names[0]]["max_difference"] < 1e-4
    assert run.returncode == 1 and not report["passed"]
    assert "MISSED portraitnet_int8.tflite: IoU drop" in run.stdout and "> -1, missed by" in run.stdout
    for gate in report["gates"]:
        assert gate["passed"] or f"MISSED {gate['text']}" in run.stdout
    text = (folder / "report.md").read_text()
    assert all(f"`{name}`" in text for name in names)

    contract = json.loads((folder / "model_contract.json").read_text())
    assert contract["input"]["fit"] == "stretch" and contract["output"]["threshold"] == 0.5
    entry = contract["files"]["portraitnet_int8.tflite"]
    data = (folder / "portraitnet_int8.tflite").read_bytes()
    assert entry["sha256"] == hashlib.sha256(data).hexdigest() and entry["bytes"] == len(data)
    assert entry["input_tensor"]["dtype"] == "uint8"
    assert sum(file["operations"] for file in contract["files"].values() if "operations" in file) > 0
    copied = app / "app/src/main/assets/models/small"
    assert (copied / "portraitnet_int8.tflite").read_bytes() == data and not (copied / names[3]).exists()
    assert (copied / entry["golden"]["file"]).read_bytes() == (folder / entry["golden"]["file"]).read_bytes()
    for name in names[3:]:
        assert contract["files"][name]["core_ml"]["minimum_ios"] <= 15
        assert (app / "Model/small" / name).exists() and not (app / "Model/small" / names[0]).exists()
    page = json.loads((app / "models/index.json").read_text())
    assert page == {"models": ["small"]} and "npm install --prefix" in run.stdout
    assert (app / "models/small/portraitnet_float16.tflite").exists() and not (app / "models/small" / names[3]).exists()
    assert "Model card" in (folder / "model_card.md").read_text()
    assert Image.open(folder / "worst.png").size[0] > 4 * 64

    segmenter = tp.Segmenter(folder / "portraitnet_int8.tflite")
    assert (segmenter.size, segmenter.fit, segmenter.threshold) == (64, "stretch", 0.5)
    facts = pipeline("preflight.py", folder / "portraitnet_int8.tflite")
    assert facts.returncode == 0 and "int8: 100% of the operations" in facts.stdout
    scores = pipeline("evaluate.py", folder / "portraitnet_int8.tflite", "--data", portraits, "--sheet", "worst.png")
    assert scores.returncode == 0 and "boundary F1" in scores.stdout, scores.stderr


def test_a_format_that_cannot_be_made_leaves_the_others(process, model, portraits, tmp_path):
    # Modules of the same names that cannot be imported, as if the packages were not installed.
    for name in ("coremltools", "tensorflow_model_optimization"):
        (tmp_path / "missing" / name).mkdir(parents=True)
        (tmp_path / "missing" / name / "__init__.py").write_text(f"raise ImportError('no {name}', name='{name}')")
    run = process(
        "quantize_export.py", model, "--data", portraits, "--out", "out", env={"PYTHONPATH": str(tmp_path / "missing")}
    )
    assert run.returncode == 1
    assert "FAILED int8: tensorflow_model_optimization is not installed" in run.stdout
    assert "FAILED mlmodel: coremltools is not installed" in run.stdout
    made = {path.name for path in (tmp_path / "out").glob("*.tflite")}
    assert made == {"portraitnet_float32.tflite", "portraitnet_float16.tflite"}


def test_without_photos_drawn_ones_calibrate(pipeline, model):
    run = pipeline("quantize_export.py", model, "--formats", "float32")
    assert "photos: drawn portraits and a sample photo, for want of --data" in run.stdout
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.keras",), "none.keras: no such model"),
        (("other.keras",), "a file that tf_portrait did not make"),
        (("small.keras", "--data", "empty"), "empty"),
        (("small.keras", "--out", "/proc/none"), "/proc/none: cannot be written"),
    ],
)
def test_wrong_requests(pipeline, model, tmp_path, arguments, message):
    keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(1, 1)]).save(tmp_path / "other.keras")
    (tmp_path / "empty").mkdir()
    run = pipeline("quantize_export.py", *arguments)
    assert run.returncode in (1, 2)
    assert message in run.stderr + run.stdout and "Traceback" not in run.stderr


def test_a_full_disk_leaves_no_half_file(model, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(tp.PortraitError, match=r"a\.tflite: cannot be written \(No space left on device\)"):
        write_atomically(tmp_path / "out" / "a.tflite", lambda path: None)

    class Model:
        def save(self, path):
            raise OSError(28, "No space left on device")

    with pytest.raises(tp.PortraitError, match=r"a\.mlpackage: cannot be written \(No space left on device\)"):
        formats.write_coreml(tmp_path / "out" / "a.mlpackage", Model())
    assert not list((tmp_path / "out").iterdir())


def test_another_size_is_in_the_file_and_the_contract(pipeline, model, portraits, tmp_path):
    arguments = ("--size", 96, "--formats", "float16", "--data", portraits, "--val", portraits)
    run = pipeline("quantize_export.py", model, *arguments)
    folder = tmp_path / "exports" / "small"
    assert run.returncode == 0, run.stdout + run.stderr
    assert tp.Segmenter(folder / "portraitnet_float16.tflite").shape == (96, 96)
    contract = json.loads((folder / "model_contract.json").read_text())
    assert contract["input"]["width"] == contract["input"]["height"] == 96
