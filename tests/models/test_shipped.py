import shutil
import zipfile

import numpy as np
import pytest
from skimage import data

import tf_portrait as tp
from tf_portrait.data.folder import list_pairs
from tf_portrait.evaluation import evaluate
from tf_portrait.models.files import SHIPPED, WEIGHTS, is_model, load_model, model_path, shipped_models


def test_the_default_needs_no_path():
    segmenter = tp.Segmenter()
    assert segmenter.card["network"] == "portraitnet" and segmenter.size == 224
    alpha = segmenter(data.astronaut())
    assert alpha.shape == (512, 512) and 0.2 < np.mean(alpha > 0.5) < 0.6


@pytest.mark.parametrize(
    ("name", "size", "least"), [("portraitnet", 224, 0.954), ("portraitnet_fast", 160, 0.950), ("selfie", 256, 0.953)]
)
def test_they_cut_real_people_out(shared, name, size, least):
    segmenter = tp.Segmenter(name)
    assert segmenter.size == size
    pairs = list_pairs(shared / "data" / "val_picsart").pairs
    assert evaluate(segmenter, pairs, progress=False)["mean"]["iou"] > least


@pytest.mark.parametrize("name", ["portraitnet", "portraitnet_fast", "selfie"])
def test_nobody_is_called_a_person_in_plain_frames(name):
    segmenter = tp.Segmenter(name)
    noise = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    for frame in (*(np.full((90, 120, 3), level, np.uint8) for level in (0, 128, 255)), noise):
        assert np.mean(segmenter(frame) > segmenter.threshold) <= 0.01


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
    parts["portrait.json"] = parts["portrait.json"].replace(b'"weights_sha256": "', b'"weights_sha256": "0')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(tp.PortraitError, match="hash mismatch"):
        load_model(path)
    path.write_bytes(card[: len(card) // 2])
    with pytest.raises(tp.PortraitError, match="not a model file or damaged"):
        load_model(path)
