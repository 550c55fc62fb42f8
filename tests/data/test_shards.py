"""Shards: the same photos and masks as the folder they were made of, and a name for whatever is wrong with them."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.data.doctor import examine
from tf_portrait.data.folder import Listing, list_pairs
from tf_portrait.data.pair import Photo
from tf_portrait.data.shards import INDEX, Shards, pack, unpack
from tf_portrait.data.store import PhotoStore, read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.sources import training_pairs

pytest.importorskip("array_record", reason="needs pip install 'tf_portrait[scale]'")

from tf_portrait.data.shard_writer import verify, write_shards


def shards_of(folder, out, **options):
    write_shards(list_pairs(folder), out, progress=False, **{"records": 5, **options})
    return out


@pytest.fixture
def shards(portraits, tmp_path):
    """The twelve portraits in three shards of 5, 5 and 2."""
    return shards_of(portraits, tmp_path / "shards")


def by_name(source):
    return {pair.image.name: read_pair(pair) for pair in list_pairs(source).pairs}


def test_shards_hold_what_the_folder_holds(portraits, shards):
    folder, packed = by_name(portraits), by_name(shards)
    assert folder.keys() == packed.keys() and len(packed) == 12
    for name, (photo, mask) in folder.items():
        np.testing.assert_array_equal(packed[name][0], photo)
        np.testing.assert_array_equal(packed[name][1], mask)
    assert [path.name for path in sorted(shards.glob("*.array_record"))] == [f"0000{i}.array_record" for i in range(3)]


def test_the_same_photos_make_the_same_files(portraits, shards, tmp_path):
    again = shards_of(portraits, tmp_path / "again")
    assert (again / INDEX).read_bytes() == (shards / INDEX).read_bytes()
    assert verify(again) == 3
    names = [pair.image.name for pair in list_pairs(shards).pairs]
    assert names != sorted(names)  # drawn by a hash


def test_large_photos_are_shrunk_and_small_ones_keep_their_file(tmp_path):
    folder = write_portraits(tmp_path / "photos", 1, size=300)
    photo, mask = read_pair(list_pairs(shards_of(folder, tmp_path / "small", longest_side=100)).pairs[0])
    assert photo.shape == (100, 100, 3) and mask.shape == (100, 100)
    expected = PhotoStore(list_pairs(folder).pairs, longest_side=100)[0]
    assert np.abs(photo.astype(int) - expected[0]).mean() < 3 and np.array_equal(mask, expected[1])
    kept = list_pairs(shards_of(folder, tmp_path / "kept", longest_side=0)).pairs[0]
    assert kept.image.read_bytes() == (folder / "images" / "0000.jpg").read_bytes()


def test_ignored_pixels_and_soft_edges_stay(tmp_path):
    folder = write_portraits(tmp_path / "photos", 2)
    mask = np.zeros((64, 64), np.uint8)
    mask[20:50, 20:50] = 1
    mask[18:20, 20:50] = 255  # a rim of pixels to ignore
    Image.fromarray(mask).save(folder / "masks" / "0000.png")
    ramp = np.repeat(np.arange(0, 256, 4, dtype=np.uint8)[None], 64, axis=0)
    Image.fromarray(ramp).save(folder / "masks" / "0001.png")
    packed = by_name(shards_of(folder, tmp_path / "shards"))
    expected = by_name(folder)
    assert packed["0000.jpg"][1].shape == (64, 64, 2)
    for name in expected:
        np.testing.assert_array_equal(packed[name][1], expected[name][1])


def test_a_second_call_goes_on_where_a_kill_came(portraits, shards, tmp_path):
    before = {path.name: path.read_bytes() for path in shards.iterdir()}
    (shards / INDEX).unlink()
    (shards / "00001.json").unlink()  # killed between the file and its note
    (shards / "00002.array_record").write_bytes(b"half")
    times = {path.name: path.stat().st_mtime_ns for path in shards.iterdir()}
    with pytest.raises(PortraitError, match=r"shards: half-written shards; go on with the same .* shard command"):
        list_pairs(shards)
    shards_of(portraits, shards)
    assert {path.name: path.read_bytes() for path in shards.iterdir()} == before
    assert (shards / "00000.array_record").stat().st_mtime_ns == times["00000.array_record"]


def test_a_changed_photo_is_packed_again_and_other_photos_are_refused(portraits, shards, tmp_path):
    changed = list_pairs(shards).pairs[7].image.name
    Image.new("RGB", (64, 64), (1, 2, 3)).save(portraits / "images" / changed, quality=100)
    shards_of(portraits, shards)
    assert by_name(shards)[changed][0].max() < 8
    (portraits / "images" / changed).unlink()
    with pytest.raises(PortraitError, match="holds shards of other photos or options; choose another --out"):
        shards_of(portraits, shards)
    with pytest.raises(PortraitError, match="holds shards of other photos or options"):
        shards_of(portraits, shards, records=6)
    with pytest.raises(PortraitError, match="photos: is not empty; choose another --out"):
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "mine.txt").touch()
        shards_of(portraits, tmp_path / "photos")


def test_what_cannot_be_read_is_left_out_and_said(portraits, tmp_path):
    (portraits / "images" / "0003.jpg").write_bytes(b"broken")
    index = write_shards(list_pairs(portraits), tmp_path / "out", records=5, progress=False)
    assert list(index["left_out"]) == ["images/0003.jpg"] and "cannot be read as an image" in str(index["left_out"])
    assert len(list_pairs(tmp_path / "out").pairs) == 11
    for path in (portraits / "images").iterdir():
        path.write_bytes(b"broken")
    with pytest.raises(PortraitError, match="none of its 12 photos can be read"):
        shards_of(portraits, tmp_path / "nothing")


def damage(path, place):
    data = bytearray(path.read_bytes())
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)


def test_a_damaged_record_is_named_and_training_takes_the_next(shards):
    whole = [read_pair(pair) for pair in list_pairs(shards).pairs]
    damage(shards / "00001.array_record", 200)  # in the first record there: a chunk begins at 64
    pairs = list_pairs(shards).pairs
    with pytest.raises(PortraitError, match=r"00001\.array_record, record 0: damaged .*copy the file again"):
        read_pair(pairs[5])
    with pytest.warns(UserWarning, match=r"left out: .*00001\.array_record, record 0"):
        photo, _ = PhotoStore(pairs, replace=True)[5]
    np.testing.assert_array_equal(photo, whole[6][0])
    np.testing.assert_array_equal(read_pair(pairs[4])[0], whole[4][0])
    with pytest.raises(PortraitError, match=r"00001\.array_record: damaged, its SHA-256 is"):
        verify(shards)
    (report,) = examine([list_pairs(shards)], progress=False)
    assert [(f.kind, "record 0" in str(f.path)) for f in report.findings] == [("unreadable", True)]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda out: (out / "00001.array_record").unlink(), r"00001\.array_record: is missing; copy it again"),
        (lambda out: (out / "00002.array_record").write_bytes(b"x" * 99), r"00002\.array_record: has 99 bytes where"),
        (lambda out: (out / INDEX).write_text("{"), r"shards\.json: cannot be read"),
        (lambda out: (out / INDEX).write_text("[]"), r"shards\.json: cannot be read"),
        (lambda out: (out / INDEX).write_text('{"version": 1, "shards": [{"name": 3}]}'), r"shards\.json: cannot be"),
        (lambda out: (out / INDEX).write_text('{"version": 2}'), r"shards\.json: shards of version 2, this reads 1"),
        (lambda out: (out / INDEX).unlink(), "half-written shards"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_by_name(shards, fault, message):
    fault(shards)
    with pytest.raises(PortraitError, match=message):
        list_pairs(shards)


def test_a_record_is_what_was_packed():
    parts = "a/b\u00e9.jpg", b"photo", b""
    assert unpack(pack(*parts)) == parts
    with pytest.raises(ValueError, match="should be"):
        unpack(pack(*parts)[:-1])


def test_the_end_is_held_out_and_crops_of_one_photo_stay_together(tmp_path):
    folder = write_portraits(tmp_path / "photos", 1, size=16)
    pairs = []
    for number in range(40):
        for letter in "ab":
            for part, suffix in (("images", "jpg"), ("masks", "png")):
                shutil.copy(folder / part / f"0000.{suffix}", folder / part / f"{number:02d}{letter}.{suffix}")
            pairs.append(
                Photo(folder / "images" / f"{number:02d}{letter}.jpg", folder / "masks" / f"{number:02d}{letter}.png")
            )
    write_shards(Listing(folder, pairs, [], []), tmp_path / "out", records=30, progress=False)
    for share in (0.1, 0.11, 0.3):
        train, held, _ = training_pairs([list_pairs(tmp_path / "out")], Recipe(validation=share), held_out=True)
        sides = [{pair.group for pair in side} for side in (train, held)]
        assert not sides[0] & sides[1] and len(train) + len(held) == 80 and abs(len(held) - 80 * share) < 2
    mixed = [list_pairs(tmp_path / "out"), Listing(folder, pairs, [], [])]
    train, held, weights = training_pairs(mixed, Recipe(data_weights=(3.0, 1.0)), held_out=True)
    assert len(train) == len(weights) == 144 and train[0].image.name and train[143].image in {p.image for p in pairs}
    assert weights[71] == 3 and weights[72] == 1 and len(held) == 16


def test_a_million_records_open_at_once(tmp_path, shards):
    """The index alone is read: files of it are opened when a record is asked for."""
    index = json.loads((shards / INDEX).read_text())
    big = dict(index["shards"][0], records=250_000)
    (shards / INDEX).write_text(json.dumps({**index, "shards": [big] * 4}))
    pairs = list_pairs(shards).pairs
    assert len(pairs) == 1_000_000 and pairs[500_003].image.name == Shards(shards)[3][0].rpartition("/")[2]
    with pytest.raises(PortraitError, match=r"record 9: damaged"):  # there are five
        read_pair(pairs[9])


def test_the_command_packs_and_verifies(portraits, tmp_path, pipeline):
    made = pipeline("prepare_data.py", "shard", portraits, "--out", "out", "--records", "7")
    assert made.returncode == 0 and "out: 12 photos in 2 shards" in made.stdout
    assert pipeline("prepare_data.py", "shard", "out", "--verify").stdout == "out: 2 shards as they were written\n"
    damage(tmp_path / "out" / "00000.array_record", 300)
    found = pipeline("prepare_data.py", "shard", "out", "--verify")
    assert found.returncode == 2 and "00000.array_record: damaged" in found.stderr
    assert "--out DIR is needed" in pipeline("prepare_data.py", "shard", portraits).stderr
    assert "1 or more" in pipeline("prepare_data.py", "shard", portraits, "--out", "x", "--records", "0").stderr
