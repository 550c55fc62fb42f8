"""An export into the demo app, and what android_demo/ says twice."""

import json
import re
import shutil
import tomllib

import numpy as np
import pytest

from tests.conftest import ROOT
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.android import ASSETS, copy_to_app
from tf_portrait.exporting.golden import write_golden

DEMO = ROOT / "android_demo"


@pytest.fixture
def export(tmp_path):
    """The tiny export of vectors/, as quantize_export.py would leave it."""
    return shutil.copytree(ROOT / "vectors" / "model", tmp_path / "tiny")


@pytest.fixture
def app(tmp_path):
    manifest = tmp_path / "app_project" / "app/src/main/AndroidManifest.xml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("<manifest/>")
    return tmp_path / "app_project"


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_the_app_reads_is_copied_and_nothing_else(export, app):
    expected = files_of(export)
    (export / "report.md").write_text("not for the app")
    target = copy_to_app(export, app)
    assert target == app / ASSETS / "tiny" and files_of(target) == expected


def test_an_older_export_is_replaced_whole_and_others_stay(export, app):
    (app / ASSETS / "other").mkdir(parents=True)
    target = copy_to_app(export, app)
    (target / "old_int8.tflite").write_bytes(b"of an older export")
    copy_to_app(export, app)
    assert "old_int8.tflite" not in files_of(target)
    assert sorted(path.name for path in (app / ASSETS).iterdir()) == ["other", "tiny"]


def test_a_copy_that_fails_leaves_the_older_export(export, app):
    before = files_of(copy_to_app(export, app))
    (export / "tiny_int8.tflite").unlink()
    with pytest.raises(PortraitError, match="tiny: cannot be written"):
        copy_to_app(export, app)
    assert files_of(app / ASSETS / "tiny") == before
    assert [path.name for path in (app / ASSETS).iterdir()] == ["tiny"]


def test_another_folder_is_not_taken_for_an_app(export, tmp_path):
    with pytest.raises(PortraitError, match="give --android android_demo"):
        copy_to_app(export, tmp_path)


def test_golden_output_is_what_the_interpreter_gives(export):
    from tf_portrait.inference.tflite import TFLiteModel

    contract = json.loads((export / "model_contract.json").read_text())
    shutil.rmtree(export / "golden")
    again = write_golden(export, json.loads(json.dumps(contract)))
    assert again["golden"] == contract["golden"]
    for facts in again["files"].values():  # a GPU, which computes in float16, may miss it by more than a CPU
        allowed = facts["golden"]["tolerance"]
        assert 0.9 < allowed["gpu"]["label_agreement"] < allowed["cpu"]["label_agreement"] < 1
        assert 0 < allowed["cpu"]["mean_difference"] < allowed["gpu"]["mean_difference"] < 0.1
    photo = np.fromfile(export / "golden/photo.rgb", np.uint8).reshape(again["golden"]["shape"])
    alpha = TFLiteModel(export / "tiny_int8.tflite").probability(photo)
    raw = np.fromfile(export / again["files"]["tiny_int8.tflite"]["golden"]["file"], np.uint8).reshape(alpha.shape)
    np.testing.assert_array_equal(raw / 256, alpha)


def test_gradle_and_the_script_build_with_the_same_versions():
    catalog = tomllib.loads((DEMO / "gradle/libs.versions.toml").read_text())["versions"]
    pom = dict(re.findall(r"<([\w.]+)\.version>([^<]+)</", (DEMO / "build_tools/pom.xml").read_text()))
    for name in ("kotlin", "tflite", "tflite-gpu-api", "json", "junit", "robolectric"):
        if name in catalog:
            assert catalog[name] == pom[name.replace("-", ".")], name
    script, gradle = (DEMO / "build.sh").read_text(), (DEMO / "app/build.gradle.kts").read_text()
    for key, text in (("min", "minSdk"), ("target", "targetSdk")):
        assert re.search(rf"\b{key}=(\d+)", script)[1] == re.search(rf"{text} = (\d+)", gradle)[1]


def test_the_core_knows_no_android_and_one_class_the_runtime():
    for path in (DEMO / "core/src/main").rglob("*.kt"):
        assert not re.search(r"^import (android|org\.tensorflow)", path.read_text(), re.M), path
    knowing = [
        p.name
        for p in (DEMO / "app/src/main").rglob("*.kt")
        if "import org.tensorflow.lite.Interpreter" in p.read_text()
    ]
    assert knowing == ["LiteEngine.kt"]
    assert not re.search(r"^import android", (next(DEMO.rglob("LiteEngine.kt"))).read_text(), re.M)
