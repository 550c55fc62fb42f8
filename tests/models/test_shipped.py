import json
import shutil
import zipfile

import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.data.files import read_rgb
from tf_portrait.data.fit import fit_photo
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.sample import SAMPLE
from tf_portrait.evaluation.scores import evaluate
from tf_portrait.inference.segmenter import card_of_file
from tf_portrait.models.archive import (
    SHIPPED,
    WEIGHTS,
    is_model,
    load_model,
    model_path,
    read_card,
    shipped_models,
)


def test_the_default_needs_no_path():
    segmenter = tp.Segmenter()
    assert segmenter.card["network"] == "portraitnet" and segmenter.size == 224
    alpha = segmenter(read_rgb(SAMPLE))
    assert alpha.shape == (512, 512) and 0.2 < np.mean(alpha > 0.5) < 0.6


@pytest.mark.parametrize(
    ("name", "size", "least"), [("portraitnet", 224, 0.954), ("portraitnet_fast", 160, 0.950), ("selfie", 256, 0.953)]
)
def test_they_cut_real_people_out(shared, name, size, least):
    segmenter = tp.Segmenter(name)
    assert segmenter.size == size
    pairs = list_pairs(shared / "data" / "val_picsart").pairs
    assert evaluate(segmenter, pairs, progress=False)["mean"]["iou"] > least


@pytest.mark.parametrize("name", shipped_models())
def test_the_int8_file_was_made_from_the_weights_beside_it(name):
    content = (WEIGHTS / f"{name}.tflite").read_bytes()
    small, whole = card_of_file(content, name), read_card(WEIGHTS / f"{name}.keras")
    assert {**small, "file_sha256": None} == {**whole, "file_sha256": None}


def test_the_int8_file_says_what_keras_says():
    photo = fit_photo(read_rgb(SAMPLE), 160, "stretch")
    small, whole = tp.Segmenter("portraitnet_fast"), tp.Segmenter(model_path("portraitnet_fast"))
    assert small.runtime.invoke and whole.runtime.invoke is None
    assert np.mean((small(photo) > 0.5) == (whole(photo) > 0.5)) > 0.99


@pytest.mark.parametrize("name", ["portraitnet", "portraitnet_fast", "selfie"])
def test_nobody_is_called_a_person_in_plain_frames(name):
    segmenter = tp.Segmenter(name)
    noise = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    for frame in (*(np.full((90, 120, 3), level, np.uint8) for level in (0, 128, 255)), noise):
        assert np.mean(segmenter(frame) > segmenter.threshold) <= 0.01


def test_the_video_model_is_a_file_alone_and_takes_the_previous_mask():
    assert is_model("portraitnet_video")
    segmenter, photo = tp.Segmenter("portraitnet_video"), read_rgb(SAMPLE)
    assert segmenter.prior and segmenter.card["recipe"] == "photos_video"
    stream = segmenter.video()
    person = tp.Segmenter("portraitnet")(photo) > 0.5
    for frame in range(3):
        assert np.mean((stream(photo, seconds=frame / 30) > 0.5) == person) > 0.97


def test_names_paths_and_photos_are_told_apart(tmp_path):
    assert shipped_models() == ["portraitnet", "portraitnet_fast", "selfie"]
    assert model_path(SHIPPED) == WEIGHTS / f"{SHIPPED}.keras"
    assert is_model(SHIPPED) and is_model("some/file.keras") and is_model("x.tflite")
    assert not is_model("photo.jpg") and not is_model(str(tmp_path)) and not is_model("0")


def test_a_model_that_does_not_exist_lists_those_that_do():
    with pytest.raises(tp.PortraitError, match=rf"portaitnet: no such model; .*comes with the package: .*{SHIPPED}"):
        tp.Segmenter("portaitnet")


def test_damaged_weights_are_told(tmp_path):
    path = tmp_path / "damaged.keras"
    shutil.copy(WEIGHTS / f"{SHIPPED}.keras", path)
    card = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    first = json.loads(parts["portrait.json"])["weights_sha256"][:1].encode()
    other = b"1" if first == b"0" else b"0"
    parts["portrait.json"] = parts["portrait.json"].replace(
        b'"weights_sha256": "' + first, b'"weights_sha256": "' + other
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(tp.PortraitError, match="hash mismatch"):
        load_model(path)
    path.write_bytes(card[: len(card) // 2])
    with pytest.raises(tp.PortraitError, match="not a model file or damaged"):
        load_model(path)
