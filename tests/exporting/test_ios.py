"""An export into the iPhone's demo app, and the checks of ios_demo/ that need no Mac."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.exporting.int8.micro import micro
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.contract import file_hash
from tf_portrait.exporting.coreml.convert import convert_mlprogram, convert_neuralnetwork, load_coremltools
from tf_portrait.exporting.coreml.metadata import add_metadata, features_of
from tf_portrait.exporting.formats import write_coreml
from tf_portrait.exporting.golden import COLOR, TOLERANCE, write_golden
from tf_portrait.exporting.ios import FOLDER, PROJECT, copy_to_ios_app

DEMO = ROOT / "ios_demo"
TOOLS = DEMO / "build_tools"
CARD = {"network": "micro", "fit": "letterbox", "threshold": 0.45}
CONVERTERS = {"micro.mlmodel": convert_neuralnetwork, "micro.mlpackage": convert_mlprogram}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """An export of two Core ML files with golden/, as quantize_export.py would leave it."""
    folder, network = tmp_path_factory.mktemp("export") / "micro", micro()
    folder.mkdir()
    for name, convert in CONVERTERS.items():
        write_coreml(folder / name, add_metadata(convert(network), CARD))
    files = {name: {"sha256": file_hash(folder / name), "core_ml": features_of(folder / name)} for name in CONVERTERS}
    contract = write_golden(folder, {"input": {"width": network.input_shape[1]}, "files": files})
    (folder / "model_contract.json").write_text(json.dumps(contract))
    (folder / "report.md").write_text("not for the app")
    return folder


@pytest.fixture
def app(tmp_path):
    project = tmp_path / "app" / PROJECT
    project.parent.mkdir(parents=True)
    project.write_text("// !$*UTF8*$!")
    return tmp_path / "app"


def contract_of(folder):
    return json.loads((folder / "model_contract.json").read_text())


def array(folder, entry, *shape):
    return np.fromfile(folder / entry["file"], np.uint8).reshape(shape)


@pytest.mark.parametrize(
    "name, kind, first_ios", [("micro.mlmodel", "neuralNetwork", (13, 14)), ("micro.mlpackage", "mlProgram", (15,))]
)
def test_the_contract_names_features_and_the_first_ios(written, name, kind, first_ios):
    facts = contract_of(written)["files"][name]["core_ml"]
    assert (facts["input"], facts["output"], facts["kind"]) == ("rgb", "alpha", kind)
    assert facts["minimum_ios"] in first_ios


@pytest.mark.parametrize("name", CONVERTERS)
def test_a_file_says_what_it_is(written, name):
    about = load_coremltools().utils.load_spec(str(written / name)).description.metadata
    assert "micro: portrait segmentation" in about.shortDescription and "Apache" in about.license
    said = {key.removeprefix("tf_portrait."): json.loads(value) for key, value in about.userDefined.items()
            if key.startswith("tf_portrait.")}  # fmt: skip
    assert said == {"fit": "letterbox", "threshold": 0.45, "smoothing_ratio": 0.8}


def test_a_golden_mask_tells_left_from_right_and_one_file_from_noise(written):
    contract = contract_of(written)
    size = contract["input"]["width"]
    photo = array(written, contract["golden"]["photo"], size, size, 3).astype(int)
    assert np.abs(photo - photo[:, ::-1]).mean() > 5
    masks = [array(written, contract["files"][name]["golden"], size, size).astype(int) for name in CONVERTERS]
    limit = TOLERANCE["gpu"]["mean_difference"] * 255
    assert np.abs(masks[0] - masks[1]).mean() <= limit < np.abs(masks[0] - masks[0][:, ::-1]).mean()


def test_the_golden_composition_is_the_photo_over_a_color(written):
    contract = contract_of(written)
    size, composite = contract["input"]["width"], contract["golden"]["composite"]
    photo = array(written, contract["golden"]["photo"], size, size, 3).astype(np.float64)
    alpha = array(written, composite["alpha"], size, size, 1) / 255
    expected = alpha * photo + (1 - alpha) * np.array(composite["color"])
    assert composite["color"] == list(COLOR)
    assert np.abs(array(written, composite["picture"], size, size, 3) - expected).max() <= 0.5 + 1e-4


def test_what_the_app_reads_is_copied_and_nothing_else(written, app):
    target = copy_to_ios_app(written, app)
    assert target == app / FOLDER / "micro"
    for name in CONVERTERS:
        assert file_hash(target / name) == contract_of(target)["files"][name]["sha256"]
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert {name for name in there if name.startswith("golden/")} == {
        f"golden/{name}"
        for name in ("photo.rgb", "composite.rgb", "composite.alpha", "micro.mlmodel.alpha", "micro.mlpackage.alpha")
    }
    assert "report.md" not in there


def test_a_copy_that_fails_leaves_the_older_export(written, app, tmp_path):
    target = copy_to_ios_app(written, app)
    before = file_hash(target)
    broken = shutil.copytree(written, tmp_path / "micro")
    (broken / "golden/composite.rgb").unlink()
    with pytest.raises(PortraitError, match="micro: cannot be written"):
        copy_to_ios_app(broken, app)
    assert file_hash(target) == before
    assert [path.name for path in (app / FOLDER).iterdir()] == ["micro"]


def test_another_folder_is_not_taken_for_an_app(written, tmp_path):
    with pytest.raises(PortraitError, match="give --ios ios_demo"):
        copy_to_ios_app(written, tmp_path)


def test_both_apps_say_the_same():
    """Words.swift against strings.xml: each sentence that both have is the same in both."""
    swift = (DEMO / "App/Words.swift").read_text()
    android = (ROOT / "android_demo/app/src/main/res/values/strings.xml").read_text().replace("\\u2026", "…")
    for words in ("Other camera", "Photo…", "Background…", "Self-test", "Smoothing", "Blur strength",
                  "The camera was not allowed. Photos still work; to allow it, tap here.",
                  "This device has no camera that apps can use. Photos still work.",
                  "Another app uses the camera. It goes on here once that app lets go."):  # fmt: skip
        assert words in swift and words in android, words


def test_an_interface_for_linux_becomes_one_for_ios(tmp_path):
    linux = tmp_path / "Swift.swiftinterface"
    linux.write_text(
        "// swift-interface-format-version: 1.0\n// swift-module-flags: -disable-objc-interop"
        " -target x86_64-unknown-linux-gnu -module-name Swift -O\n@backDeployed(before: macOS 12) public func f()\n"
    )
    subprocess.run([sys.executable, TOOLS / "edit_interface.py", linux, tmp_path / "out"], check=True)
    made = (tmp_path / "out").read_text()
    assert "-target arm64-apple-ios15.0" in made and "-enable-objc-interop" in made
    assert "linux" not in made and "@backDeployed" not in made
    assert made.count("struct AutoreleasingUnsafeMutablePointer") == 1


PBXPROJ, SCHEME = PROJECT, "PortraitDemo.xcodeproj/xcshareddata/xcschemes/PortraitDemo.xcscheme"
ICON = "App/Assets.xcassets/AppIcon.appiconset/Contents.json"
PLACE = "fileRef = 0A00000000000000000000"
# What is damaged: file, what stands there, what is put there, what has to be said.
DAMAGES = {
    "lost reference": (PBXPROJ, f"{PLACE}03", f"{PLACE}FF", "missing"),
    "deployment target": (
        PBXPROJ,
        "IPHONEOS_DEPLOYMENT_TARGET = 15.0",
        "IPHONEOS_DEPLOYMENT_TARGET = 14.0",
        "deployment targets",
    ),
    "other folder": (PBXPROJ, "path = App;", "path = Sources;", "Sources is in the project and missing"),
    "other scheme": (
        SCHEME,
        'buildConfiguration="Release"',
        'buildConfiguration="Debug"',
        "Run does not build Release",
    ),
    "no scene delegate": ("Info.plist", ".SceneDelegate", ".WindowDelegate", "no class WindowDelegate"),
    "another permission": (
        "Info.plist",
        "<key>CFBundleDisplayName",
        "<key>NSPhotosUsageDescription</key><string/><key>CFBundle",
        "asks for",
    ),
    "undeclared interface": ("App/PrivacyInfo.xcprivacy", "CategoryUserDefaults", "CategoryDiskSpace", "PrivacyInfo"),
    "no icon": (ICON, "icon.png", "logo.png", "AppIcon.appiconset"),
    "network": (
        "App/Worker.swift",
        "import Foundation",
        "import Foundation\nlet session = URLSession.shared",
        "network",
    ),
}


def project_check(folder):
    pytest.importorskip("openstep_parser", reason="needs the package pbxproj; make ios has it")
    return subprocess.run([sys.executable, TOOLS / "check_project.py", folder], capture_output=True, text=True)


def test_the_project_has_no_fault():
    run = project_check(DEMO)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_project_is_seen(tmp_path, damage):
    file, right, wrong, words = DAMAGES[damage]
    ignored = shutil.ignore_patterns("build", ".build", "portraitnet*", "SDK")
    copy = shutil.copytree(DEMO, tmp_path / "demo", ignore=ignored)
    text = (copy / file).read_text()
    assert right in text
    (copy / file).write_text(text.replace(right, wrong, 1))
    run = project_check(copy)
    assert run.returncode == 1 and words in run.stdout + run.stderr


def test_portraitkit_knows_foundation_alone():
    for path in (DEMO / "PortraitKit/Sources").rglob("*.swift"):
        imports = {line for line in path.read_text().splitlines() if line.startswith("import ")}
        assert imports <= {"import Foundation"}, path
