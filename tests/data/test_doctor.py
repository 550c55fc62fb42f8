import shutil
import time

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.data.doctor import examine, format_reports
from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.hashing import near_copies, perceptual_hash
from tf_portrait.evaluation.sheet import check_sheet


def found(folder, **options):
    (report,) = examine([list_pairs(folder)], progress=False, **options)
    return {(finding.kind, finding.path.name) for finding in report.findings}, report


def test_a_healthy_set_has_no_findings(portraits):
    findings, report = found(portraits)
    assert findings == set() and report.healthy and report.checked == report.total == 12


def damage_unreadable(folder):
    path = folder / "images" / "0001.jpg"
    path.write_bytes(path.read_bytes()[:500])
    return "unreadable", "0001.jpg"


def damage_encoding(folder):
    Image.fromarray(np.eye(64, dtype=np.uint8) * 7).save(folder / "masks" / "0002.png")
    return "encoding", "0002.png"


def damage_size(folder):
    Image.new("L", (64, 32), 255).save(folder / "masks" / "0003.png")
    return "size", "0003.png"


def damage_resized(folder):
    path = folder / "masks" / "0003.png"
    Image.open(path).resize((32, 32)).save(path)
    return "resized", "0003.png"


def damage_empty(folder):
    Image.new("L", (64, 64), 0).save(folder / "masks" / "0004.png")
    return "empty", "0004.png"


def damage_full(folder):
    Image.new("L", (64, 64), 255).save(folder / "masks" / "0005.png")
    return "full", "0005.png"


def damage_duplicate(folder):
    for part, suffix in (("images", ".jpg"), ("masks", ".png")):
        shutil.copy(folder / part / f"0006{suffix}", folder / part / f"0099{suffix}")
    return "duplicate", "0099.jpg"


def damage_no_mask(folder):
    (folder / "masks" / "0007.png").unlink()
    return "no mask", "0007.jpg"


def damage_no_photo(folder):
    (folder / "images" / "0008.jpg").unlink()
    return "no photo", "0008.png"


@pytest.mark.parametrize(
    "damage",
    [value for name, value in list(globals().items()) if name.startswith("damage_")],
)
def test_each_fault_is_found_and_nothing_else(portraits, damage):
    expected = damage(portraits)
    findings, report = found(portraits)
    assert findings == {expected}
    assert report.healthy == (expected[0] not in ("unreadable", "encoding", "size"))
    assert expected[1] in format_reports([report])


def test_a_validation_photo_in_the_training_set_is_a_leak(portraits, tmp_path):
    val = write_portraits(tmp_path / "val", 4, seed=9)
    # The same photo, brighter and compressed harder.
    photo = Image.open(portraits / "images" / "0002.jpg").point(lambda v: min(255, int(v * 1.1)))
    photo.save(val / "images" / "0000.jpg", quality=60)
    reports = examine([list_pairs(portraits)], list_pairs(val), progress=False)
    assert [(f.kind, f.path.name) for f in reports[0].findings] == [("leak", "0002.jpg")]
    assert "0000.jpg" in format_reports(reports) and not reports[0].healthy and reports[1].healthy


def test_a_limit_checks_a_sample_and_says_so(portraits):
    _, report = found(portraits, limit=5)
    assert report.checked == 5 and "5 of 12 photos checked (--check looks at all)" in format_reports([report])


def test_near_copies_finds_what_comparing_all_pairs_finds():
    rng = np.random.default_rng(0)
    hashes = [rng.random(64) < 0.5 for _ in range(60)]
    for index in range(0, 20, 2):  # plant copies 0 to 9 bits away
        hashes[index + 1] = hashes[index] ^ (np.arange(64) < index // 2)
    pairs = [(i, j) for i in range(60) for j in range(i + 1, 60) if np.sum(hashes[i] != hashes[j]) <= 4]
    assert near_copies(hashes) == pairs and len(pairs) >= 5


def test_hash_survives_resizing_and_tells_people_apart():
    photos = [portrait(np.random.default_rng(i), 128)[0] for i in range(8)]
    hashes = [perceptual_hash(photo) for photo in photos]
    for photo, bits in zip(photos, hashes, strict=True):
        small = np.asarray(Image.fromarray(photo).resize((70, 70)))
        assert np.sum(perceptual_hash(small) != bits) <= 4
    assert near_copies(hashes) == []


def test_many_near_copies_are_found_in_little_time():
    rng = np.random.default_rng(1)
    hashes = rng.random((40000, 64)) < 0.5
    hashes[30000:] = hashes[0]  # ten thousand black frames
    hashes[29999] = hashes[5] ^ (np.arange(64) < 4)
    started = time.process_time()
    found = near_copies(list(hashes))
    assert time.process_time() - started < 6  # 3 seconds and more in Python for the random ones alone
    assert (5, 29999) in found and {i for i, _ in found if i == 0} == {0}
    assert [j for i, j in found if i == 0] == list(range(30000, 40000))


def test_the_search_for_near_copies_grows_as_sorting_does():
    hashes = np.random.default_rng(3).random((160_000, 64)) < 0.5
    hashes[-1] = hashes[9] ^ (np.arange(64) % 16 == 0)  # in four of the six bands
    seconds = {}
    for count in (20_000, 160_000):
        started = time.process_time()
        found = near_copies(hashes[-count:] if count < len(hashes) else hashes)
        seconds[count] = time.process_time() - started
    assert found == [(9, 159_999)]
    assert seconds[160_000] < 32 * seconds[20_000]  # comparing all with all takes 64 times as long


def test_leaks_name_the_first_validation_photo_they_are_like():
    rng = np.random.default_rng(2)
    train, val = rng.random((50, 64)) < 0.5, rng.random((30, 64)) < 0.5
    train[7] = val[20] ^ (np.arange(64) < 3)
    train[8] = val[21] = val[11]
    expected = []
    for i, bits in enumerate(train):
        near = [j for j, other in enumerate(val) if np.sum(bits != other) <= 4]
        expected += [(i, near[0])] if near else []
    assert near_copies(list(train), list(val)) == expected and (7, 20) in expected and (8, 11) in expected


def test_the_sheet_shows_masks_as_they_are_read(portraits):
    reports = examine([list_pairs(portraits)], progress=False)
    sheet = check_sheet(reports)
    assert len(reports[0].examples) == 12 and sheet.ndim == 3 and sheet.dtype == np.uint8
    assert check_sheet([]) is None
