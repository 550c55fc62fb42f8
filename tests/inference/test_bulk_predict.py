"""Prediction in bulk: the files of predict.py on a folder, of photos, and of shards by the records' names."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tests.inference.test_bulk import contents
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.shards import PHOTO, Part, ShardPairs, Shards
from tf_portrait.inference.bulk_predict import DONE, Predictor

MODEL = "portraitnet_fast"


@pytest.fixture
def shards(tmp_path):
    """Six portraits, one of them in a folder below, in two shards, and the folder they were made of."""
    pytest.importorskip("array_record", reason="needs pip install 'tf_portrait[scale]'")
    from tf_portrait.data.shard_writer import write_shards

    folder = write_portraits(tmp_path / "portraits", 6)
    for name in ("images/0001.jpg", "masks/0001.png"):
        kind, _, file = name.partition("/")
        (folder / kind / "below").mkdir()
        (folder / name).rename(folder / kind / "below" / file)
    write_shards(list_pairs(folder), tmp_path / "shards", records=4, progress=False)
    return folder, tmp_path / "shards"


def masks(out):
    return {name: content for name, content in contents(out, DONE).items() if name.endswith(".png")}


def test_workers_write_what_the_loop_writes(seven, tmp_path, here, pipeline):
    one = pipeline("predict.py", MODEL, seven, "--out", "one")
    many = pipeline("predict.py", MODEL, seven, "--out", "many", "--engine", "ray")
    assert one.returncode == many.returncode == 1
    assert "many: 6 of 7 done" in many.stdout and many.stderr.count("left out") == 1 and "0003.jpg" in many.stderr
    assert masks(tmp_path / "one") == masks(tmp_path / "many") and len(masks(tmp_path / "many")) == 6
    assert len(here) == len(set(here)) == 7


def test_records_become_files_of_their_names_once(shards, tmp_path, here, pipeline):
    folder, packed = shards
    pipeline("predict.py", MODEL, folder / "images", "--out", "expected/images")
    found = pipeline("predict.py", MODEL, packed, "--out", "out", "--engine", "ray")
    assert found.returncode == 0 and found.stdout == "out: 6 of 6 done\n"
    assert masks(tmp_path / "expected") == masks(tmp_path / "out")
    assert "images/below/0001_mask.png" in masks(tmp_path / "out")
    lines = (tmp_path / "out" / DONE).read_text().splitlines(keepends=True)
    (tmp_path / "out" / DONE).write_text("".join(lines[:2]) + lines[2][:9])  # killed
    here.clear()
    done = {entry["photo"] for entry in json.loads(lines[1])["photos"]}
    again = pipeline("predict.py", MODEL, packed, "--out", "out", "--engine", "loop")  # with another engine
    assert again.stdout == found.stdout and not here and masks(tmp_path / "expected") == masks(tmp_path / "out")
    noted = [json.loads(line) for line in (tmp_path / "out" / DONE).read_text().splitlines()[2:]]
    assert sorted(entry["photo"] for line in noted for entry in line["photos"]) == sorted(set(range(6)) - done)


def test_a_damaged_record_is_listed_and_the_others_are_done(shards, tmp_path, pipeline):
    path = shards[1] / "00001.array_record"
    data = bytearray(path.read_bytes())
    data[200:208] = b"\xff" * 8
    path.write_bytes(data)
    found = pipeline("predict.py", MODEL, shards[1], "--cutout", "--out", "out")
    assert found.returncode == 1 and "out: 5 of 6 done" in found.stdout
    assert "00001.array_record, record 0: damaged" in found.stderr
    names = [path.name for path in (tmp_path / "out").rglob("*.png")]
    assert len(names) == 5 and all(name.endswith("_cutout.png") for name in names)


def test_what_cannot_be_is_said_before_anything_is_written(shards, portraits_of_others, tmp_path, pipeline):
    _, packed = shards
    for words, message in (
        ([packed, "x.jpg", "--out", "out"], "shards go by themselves; give each source a call"),
        ([packed, "--out", packed / "masks"], "lies in the shards, which are read; choose another folder"),
        (["0", "--out", "out", "--engine", "ray"], "--engine ray: camera 0 is one of this process"),
    ):
        found = pipeline("predict.py", MODEL, *words)
        assert found.returncode == 2 and message in found.stderr, found.stderr
    assert not (tmp_path / "out").exists() and not (packed / "masks").exists()
    pipeline("predict.py", MODEL, packed, "--out", "out")
    for words, message in (
        ([packed, "--blur", "9"], "predicted.jsonl: is of blur None, not 9.0; "),
        ([portraits_of_others], "predicted.jsonl: is of shards "),
    ):
        found = pipeline("predict.py", MODEL, *words, "--out", "out")
        assert found.returncode == 2 and message in found.stderr and "choose another --out" in found.stderr


@pytest.fixture
def portraits_of_others(tmp_path):
    from tf_portrait.data.shard_writer import write_shards

    folder = write_portraits(tmp_path / "others", 2, seed=9)
    write_shards(list_pairs(folder), tmp_path / "other_shards", progress=False)
    return tmp_path / "other_shards"


def test_a_name_never_leads_out_of_the_folder(tmp_path):
    class Record:
        def __getitem__(self, number):
            return "/../a/../../evil.jpg", b"", b""

    predictor = Predictor(tmp_path, None, MODEL)
    predictor._shards = Record()
    assert predictor._of_record(0).target == tmp_path / "a" / "evil_mask.png"


def test_photos_that_differ_in_their_suffix_get_names_of_their_own(tmp_path):
    pytest.importorskip("array_record", reason="needs pip install 'tf_portrait[scale]'")
    from tf_portrait.data.shard_writer import write_shards

    folder = write_portraits(tmp_path / "photos", 1, size=16)
    for part, suffix in (("images", "jpg"), ("masks", "png")):
        (folder / part / f"0000.{suffix}").rename(folder / part / f"a.jpg{'.png' * (part == 'masks')}")
    Image.fromarray(np.full((16, 16, 3), 200, np.uint8)).save(folder / "images" / "a.png")
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(folder / "masks" / "a.png.png")
    write_shards(list_pairs(folder), tmp_path / "out", progress=False)
    packed = Shards(tmp_path / "out")
    photos = {packed[number][0]: read_rgb(Part(packed, number, PHOTO)) for number in range(len(ShardPairs(packed)))}
    assert {name.partition(".")[0] for name in photos} == {"images/a", "images/a_2"}
    assert {name: photo.min() == 200 for name, photo in photos.items()} == {
        name: name.endswith(".png") for name in photos
    }
