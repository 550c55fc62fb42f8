"""vectors/video against the package, and against a plain walk from frame to frame that shares no code with Stream."""

import hashlib
import json

import cv2
import numpy as np
import pytest

from tests.conftest import ROOT
from tf_portrait.inference.segmenter import Segmenter
from vectors import video

FOLDER = ROOT / "vectors" / "video"
CASES = {case["name"]: case for case in json.loads((FOLDER / "video.json").read_text())["cases"]}
FRESH = (0, 3, 5, 6)  # the first, after a gap, another scene, a step back in time


def load(case):
    return np.load(FOLDER / case["inputs"]["frames"]), np.load(FOLDER / case["expected"])


def check(made, expected, tolerance):
    difference = np.abs(made.astype(np.float64) - expected)
    assert difference.max() <= tolerance["max"] and np.mean(difference > 0) <= tolerance["share"]


@pytest.mark.parametrize("name", CASES)
def test_the_package_computes_what_the_vectors_say(name):
    case = CASES[name]
    frames, expected = load(case)
    segmenter = Segmenter(FOLDER / case["parameters"]["model"])
    check(video.masks_of(segmenter, frames, case["parameters"]["seconds"]), expected, case["tolerance"])


@pytest.mark.parametrize("name", CASES)
def test_a_plain_walk_from_frame_to_frame_gives_the_same(name):
    case = CASES[name]
    frames, expected = load(case)
    segmenter = Segmenter(FOLDER / case["parameters"]["model"])
    previous, made = None, []
    for index, frame in enumerate(frames):
        prior = np.zeros((32, 32), np.uint8) if index in FRESH else np.rint(255 * previous).astype(np.uint8)
        photo = cv2.copyMakeBorder(
            cv2.resize(frame, (32, 23), interpolation=cv2.INTER_AREA), 4, 5, 0, 0, cv2.BORDER_CONSTANT, value=(128,) * 3
        )
        previous = segmenter.runtime.probability(np.dstack([photo, prior]))
        made.append(previous)
    check(np.stack(made), expected, case["tolerance"])
    without = [segmenter.probability(frame) for frame in frames]
    for index, (mask, alone) in enumerate(zip(expected, without, strict=True)):
        assert np.allclose(mask, alone, atol=1e-3) == (index in FRESH)


def test_the_export_says_where_the_previous_mask_goes():
    contract = json.loads((FOLDER / "model" / "model_contract.json").read_text())
    assert contract["prior"]["tflite"].startswith("the fourth channel")
    assert all(facts["input_tensor"]["shape"] == [1, 32, 32, 4] for facts in contract["files"].values())
    entry = contract["golden"]["prior"]
    data = (FOLDER / "model" / entry["file"]).read_bytes()
    assert len(data) == 32 * 32 and hashlib.sha256(data).hexdigest() == entry["sha256"]
