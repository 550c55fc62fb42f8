"""vectors/ against the package that wrote them, and against plain formulas that share no code with it."""

import hashlib
import json

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.vectors import plain
from tf_portrait.data.fit import fit_box, fit_matrix, fit_photo, resize, unfit
from tf_portrait.inference import compose
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.smoothing import TemporalSmoother
from tf_portrait.inference.yuv import plane, upright, yuv_to_rgb
from tf_portrait.models.archive import weights_hash
from vectors import make, tiny_export

FOLDER = ROOT / "vectors"
CASES = {case["name"]: case for case in json.loads((FOLDER / "index.json").read_text())["cases"]}


def planes(y, u, v, width, height, y_row, chroma_row, chroma_pixel):
    half = (height + 1) // 2, (width + 1) // 2
    return plane(y, height, width, y_row), *(plane(c, *half, chroma_row, chroma_pixel) for c in (u, v))


def camera(y, u, v, full_range, turn, mirror, **layout):
    return upright(yuv_to_rgb(*planes(y, u, v, **layout), full_range), turn, mirror)


def segment(photo, model):
    return Segmenter(FOLDER / model).probability(photo)


def smooth(masks, photos, ratio, hold):
    smoother = TemporalSmoother(ratio, hold)
    return np.stack([smoother(*pair) for pair in zip(masks, photos, strict=True)])


def over_color(rgb, alpha, color):
    return compose.over(rgb, alpha, np.broadcast_to(np.float32(color), rgb.shape))


PACKAGE = {
    "fit_box": fit_box,
    "fit_matrix": fit_matrix,
    "fit_photo": lambda photo, **parameters: fit_photo(photo, **parameters),
    "unfit": lambda mask, **parameters: unfit(mask, **parameters),
    "resize": resize,
    "smooth": smooth,
    "over": compose.over,
    "over_color": over_color,
    "cutout": compose.cutout,
    "replace": compose.replace,
    "blur": compose.blur,
    "yuv_to_rgb": camera,
    "segment": segment,
}


def load(case):
    inputs = {name: np.load(FOLDER / file) for name, file in case["inputs"].items()}
    expected = case["expected"]
    return inputs, np.load(FOLDER / expected) if isinstance(expected, str) else np.array(expected)


def check(got, expected, tolerance):
    assert np.shape(got) == expected.shape
    difference = np.abs(np.asarray(got, np.float64) - expected)
    assert difference.max() <= tolerance["max"]
    assert np.mean(difference > 0) <= tolerance["share"]


@pytest.mark.parametrize("name", CASES)
def test_the_package_computes_what_the_vectors_say(name):
    case = CASES[name]
    inputs, expected = load(case)
    check(PACKAGE[case["operation"]](**inputs, **case["parameters"]), expected, case["tolerance"])


PLAIN = [name for name, case in CASES.items() if case["operation"] in ("resize", "blur", "over")]


@pytest.mark.parametrize("name", PLAIN)
def test_pictures_equal_their_plain_formulas(name):
    case = CASES[name]
    inputs, expected = load(case)
    check(getattr(plain, case["operation"])(**inputs, **case["parameters"]), expected, case["tolerance"])


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("fit_photo_stretch")])
def test_a_stretched_photo_is_its_resized_one(name):
    case = CASES[name]
    inputs, expected = load(case)
    size = case["parameters"]["size"]
    check(plain.resize(inputs["photo"], size, size), expected, case["tolerance"])


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c["operation"] == "yuv_to_rgb"])
def test_colors_are_bt601_to_one_gray_level(name):
    inputs, expected = load(CASES[name])
    parameters = dict(CASES[name]["parameters"])
    full, turn, mirror = (parameters.pop(key) for key in ("full_range", "turn", "mirror"))
    rgb = plain.yuv_to_rgb(*planes(**inputs, **parameters), full)
    picture = expected[:, ::-1] if mirror else expected
    difference = np.abs(np.rot90(picture, turn // 90) - rgb)
    assert difference.max() <= 1 and np.mean(difference > 0) < 0.005


def test_the_layouts_hold_one_picture():
    for size in ("even", "odd"):
        for span in ("full", "limited"):
            names = [name for name in CASES if name.startswith(f"yuv_{size}") and name.endswith(f"{span}_0")]
            pictures = [load(CASES[name])[1] for name in names]
            assert len(pictures) == 4
            assert all(np.array_equal(picture, pictures[0]) for picture in pictures)


def test_no_halo_around_a_red_person_in_a_blue_room():
    inputs, blurred = load(CASES["blur_halo"])
    room = blurred[inputs["alpha"] == 0].astype(int)
    assert np.abs(room - (20, 20, 220)).max() <= 3


def test_every_file_is_named_by_a_case():
    named = {file for case in CASES.values() for file in case["inputs"].values()}
    named |= {case["expected"] for case in CASES.values() if isinstance(case["expected"], str)}
    assert {f"arrays/{file.name}" for file in (FOLDER / "arrays").iterdir()} == named


def test_the_tiny_export_is_whole_and_says_both_labels():
    folder = FOLDER / "model"
    contract = json.loads((folder / "model_contract.json").read_text())
    entries = [contract["golden"]["photo"]]
    for name, facts in contract["files"].items():
        entries += [{"file": name, "sha256": facts["sha256"]}, facts["golden"]]
        kind = np.uint8 if "int8" in name else np.float32
        alpha = np.frombuffer((folder / facts["golden"]["file"]).read_bytes(), kind)
        assert 0.1 < np.mean(alpha > (128 if kind is np.uint8 else 0.5)) < 0.9
    for entry in entries:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_the_tiny_network_is_the_one_that_was_exported():
    contract = json.loads((FOLDER / "model" / "model_contract.json").read_text())
    assert weights_hash(tiny_export.network()) == contract["model"]["weights_sha256"]


def test_the_command_writes_the_same_index(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "add_models", lambda vectors: None)  # conversion is TensorFlow's, and tested elsewhere
    make.main(tmp_path)
    written = {case["name"]: case for case in json.loads((tmp_path / "index.json").read_text())["cases"]}
    assert written == {name: case for name, case in CASES.items() if case["operation"] != "segment"}
    for name, case in written.items():
        if isinstance(case["expected"], str):
            check(np.load(tmp_path / case["expected"]), load(CASES[name])[1], case["tolerance"])
