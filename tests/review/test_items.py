import json

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tests.review.sets import pseudo_set
from tf_portrait.errors import PortraitError
from tf_portrait.review.items import list_items


def listed(folder):
    items, words = list_items(folder, progress=False)
    return [item.name for item in items], words


def test_the_most_disputed_photo_comes_first(tmp_path):
    names, words = listed(pseudo_set(tmp_path / "p", 4))
    assert names == ["0003.jpg", "0002.jpg", "0001.jpg", "0000.jpg"] and words == "the teachers' disagreement"


def test_photos_that_the_file_does_not_name_come_first_and_are_counted(tmp_path):
    folder = pseudo_set(tmp_path / "p", 4)
    (folder / "disagreement.json").write_text(json.dumps({"0000.jpg": 0.2, "0003.jpg": 0.1, "gone.jpg": 0.9}))
    names, words = listed(folder)
    assert names == ["0001.jpg", "0002.jpg", "0000.jpg", "0003.jpg"] and "first 2 photos that" in words


def test_without_the_file_unsure_pixels_decide_and_a_damaged_mask_comes_first(tmp_path):
    folder = write_portraits(tmp_path / "p", 4, size=20)
    for name, unsure in (("0000", 0), ("0001", 3), ("0002", 7)):
        mask = np.zeros((20, 20), np.uint8)
        mask[10:] = np.linspace(204, 255, 20)
        mask[:unsure] = np.linspace(60, 200, 20)
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
    (folder / "masks" / "0003.png").write_bytes(b"broken")
    items, words = list_items(folder, progress=False)
    assert [item.name for item in items] == ["0003.jpg", "0002.jpg", "0001.jpg", "0000.jpg"]
    assert [item.doubt for item in items] == [1.0, 7 / 20, 3 / 20, 0.0]
    assert words == "the share of unsure pixels in the mask, as there is no disagreement.json"


def test_names_are_those_of_the_set_whatever_the_layout(tmp_path):
    for name in ("side/a.jpg", "side/a_mask.png", "deep/images/x/a.jpg", "deep/masks/x/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(tmp_path / name)
    assert listed(tmp_path / "side")[0] == ["a.jpg"] and listed(tmp_path / "deep")[0] == ["x/a.jpg"]


def test_photos_that_share_a_stem_get_masks_of_their_own(tmp_path):
    for name in ("images/a.jpg", "images/a.png", "masks/a.jpg.png", "masks/a.png.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (8, 8)).save(tmp_path / name)
    items, _ = list_items(tmp_path, progress=False)
    assert {item.name: item.mask_name for item in items} == {"a.jpg": "a.jpg", "a.png": "a.png"}


def test_a_folder_without_masks_says_who_makes_them(tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "images" / "a.jpg")
    with pytest.raises(PortraitError, match=r"has no masks/ inside.* Masks are made by pseudo_label\.py"):
        list_items(tmp_path)
    with pytest.raises(PortraitError, match="nowhere: no such folder"):
        list_items(tmp_path / "nowhere")
    with pytest.raises(PortraitError, match=r"a\.jpg: no such folder"):
        list_items(tmp_path / "images" / "a.jpg")
