"""What is read and where it goes, for whatever words a user types."""

import os
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tf_portrait.cli.predict import model_and_sources
from tf_portrait.errors import PortraitError
from tf_portrait.inference.plan import plan
from tf_portrait.inference.predict import make_effect, predict

CUTOUT, MASK = make_effect(cutout=True), make_effect()


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def photo(path, color=(200, 30, 30)):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (24, 16), color).save(path)
    return str(path)


def targets(*arguments, **options):
    return [str(job.target) for job in plan(*arguments, **options)]


def whole(rgb):
    return np.ones(rgb.shape[:2], np.float32)


def test_photos_that_share_a_name_get_a_result_each(here):
    names = [photo("a/IMG.jpg"), photo("a/IMG.png"), photo("a/img.bmp"), photo("b/IMG.jpg"), photo("b/other.jpg")]
    made = targets(names, CUTOUT)
    assert len({name.casefold() for name in made}) == 5
    assert made[1] == "predictions/IMG_png_cutout.png" and made[4] == "predictions/other_cutout.png"


def test_nested_folders_keep_their_structure(here):
    photo("album/x/a.jpg"), photo("album/y/a.jpg"), photo("album/top.jpg")
    white = Image.new("RGB", (8, 8), "white")
    Image.new("RGB", (8, 8)).save("album/y/moving.gif", save_all=True, append_images=[white])
    assert "out/y/moving_mask.gif" in targets(["album"], MASK, "out")


def test_patterns_lists_and_folders_mix(here):
    photo("a.jpg"), photo("b b.jpg"), photo("folder/c.jpg")
    Path("list.txt").write_text("\ufeff" + "b b.jpg\nfolder\\c.jpg\n", encoding="utf-8")
    made = targets(["*.jpg", "folder", "list.txt"], MASK, "out")
    assert made == [
        "out/a_mask.png",
        "out/b b_mask.png",
        "out/c_mask.png",
    ]
    with pytest.raises(PortraitError, match=r"\*\.tif: no file matches"):
        plan(["*.tif"], MASK)


def test_the_other_spelling_of_a_letter_is_found(here):
    photo(unicodedata.normalize("NFD", "Jörg.jpg"))
    (job,) = plan([unicodedata.normalize("NFC", "Jörg.jpg")], MASK)
    assert job.source.exists()


@pytest.mark.parametrize("out", ["results/", "results", "there"])
def test_out_names_a_folder(here, out):
    photo("me.jpg"), Path("there").mkdir()
    assert targets(["me.jpg"], CUTOUT, out) == [f"{out.rstrip('/')}/me_cutout.png"]


@pytest.mark.parametrize(
    ("sources", "effect", "out", "message"),
    [
        (["me.jpg"], CUTOUT, "cut.jpg", r"\.jpg has no transparency"),
        (["me.jpg"], MASK, "me.jpg", "one of the files that are read"),
        (["me.jpg"], MASK, "../HERE/me.jpg", "one of the files that are read"),
        (["me.jpg"], MASK, "link.jpg", "one of the files that are read"),
        (["me.jpg"], MASK, "beach.jpg", "one of the files that are read"),
        (["me.jpg", "beach.jpg"], MASK, "x.png", "one file for 2 results"),
        (["album"], MASK, "album", "one of the files that are read"),
        (["me.jpg"], MASK, "x.mp4", "photos are written as"),
        (["gone.jpg"], MASK, None, "gone.jpg: no such file"),
        (["album", "me.jpg"], MASK, "beach.jpg", "is a file; several results need a folder"),
    ],
)
def test_refused_before_anything_is_written(here, sources, effect, out, message):
    photo("me.jpg"), photo("beach.jpg"), photo("album/a.png"), photo("album/a_mask.png")
    os.link("me.jpg", "link.jpg")
    before = sorted(map(str, here.rglob("*")))
    with pytest.raises(PortraitError, match=message):
        plan(sources, effect, out and out.replace("HERE", here.name), read=["beach.jpg"])
    assert sorted(map(str, here.rglob("*"))) == before


def test_one_bad_photo_is_named_and_the_others_are_made(here):
    photo("album/a.jpg"), photo("album/c.jpg")
    Path("album/b.jpg").write_bytes(b"no photo")
    made = list(predict(whole, ["album"], CUTOUT, "out"))
    assert [str(one.path) for one in made if one.path] == ["out/a_cutout.png", "out/c_cutout.png"]
    assert [one.remarks[0].split(":")[0] for one in made if not one.path] == ["album/b.jpg"]
    with pytest.raises(PortraitError, match=r"b\.jpg: cannot be read"):
        list(predict(whole, ["album/b.jpg"], CUTOUT, "out"))


def test_plain_ground_has_its_color(here):
    photo("me.png")
    nobody = lambda rgb: np.zeros(rgb.shape[:2], np.float32)  # noqa: E731
    list(predict(nobody, ["me.png"], make_effect(color="#00ff80"), "out.png"))
    assert (np.asarray(Image.open("out.png")) == (0, 255, 128)).all()
    with pytest.raises(PortraitError, match="--color mauvish"):
        make_effect(color="mauvish")


@pytest.mark.parametrize("radius", [float("nan"), float("inf"), 1e308, 0, -1])
def test_a_blur_has_a_radius(radius):
    with pytest.raises(PortraitError, match="radius"):
        make_effect(blur=radius)


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ([], None),
        (["a.jpg", "b.jpg", "c.jpg"], None),
        (["portraitnet", "a.jpg"], "portraitnet"),
        (["gone.jpg", "a.jpg"], None),
        (["0"], None),
        (["portraitnot", "a.jpg"], "portraitnot"),
        (["runs/x.keras"], "runs/x.keras"),
        (["*.jpg", "a.jpg"], None),
    ],
)
def test_the_first_word_is_a_model_only_if_it_is_one(here, words, model):
    photo("a.jpg"), photo("b.jpg")
    assert model_and_sources(words) == (model, words[1:] if model else words)


def test_composing_in_strips_changes_nothing(monkeypatch):
    from tf_portrait.inference import compose

    random = np.random.default_rng(0)
    rgb, scene = random.integers(0, 255, (2, 37, 23, 3), dtype=np.uint8)
    alpha = random.random((37, 23), np.float32)
    monkeypatch.setattr(compose, "_STRIP", 60)
    by_hand = np.floor(scene + (rgb.astype(float) - scene) * alpha[..., None] + 0.5)
    assert np.abs(compose.over(rgb, alpha, scene) - by_hand).max() <= 1
    assert (cv2.absdiff(compose.over(rgb, np.ones_like(alpha), scene), rgb) == 0).all()
