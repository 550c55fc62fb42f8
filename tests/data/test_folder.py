import time

import pytest

from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.errors import PortraitError


def touch(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def test_pairs_match_by_name_whatever_the_suffix(tmp_path):
    touch(tmp_path / "images", "b.JPG", "a.png", "notes.txt", "lonely.jpg")
    touch(tmp_path / "masks", "a.png", "b.png", "orphan.png")
    listing = list_pairs(tmp_path)
    assert [(pair.image.name, pair.mask.name) for pair in listing.pairs] == [("a.png", "a.png"), ("b.JPG", "b.png")]
    assert [path.name for path in listing.without_mask] == ["lonely.jpg"]
    assert [path.name for path in listing.without_photo] == ["orphan.png"]


def test_list_file_of_names_finds_images_and_labels(tmp_path):
    touch(tmp_path / "Images", "1.png", "2.png", "3.png")
    touch(tmp_path / "Labels", "1.png", "2.png")
    (tmp_path / "train.txt").write_text("2.png\n\n1.png\n3.png\n")
    listing = list_pairs(tmp_path / "train.txt")
    assert [pair.image.name for pair in listing.pairs] == ["2.png", "1.png"]
    assert [path.name for path in listing.without_mask] == ["3.png"]


def test_list_file_of_pairs_is_relative_to_itself(tmp_path):
    touch(tmp_path / "x", "p.jpg")
    touch(tmp_path / "y", "q.png")
    (tmp_path / "list.txt").write_text("x/p.jpg y/q.png\n")
    (pair,) = list_pairs(tmp_path / "list.txt").pairs
    assert (pair.image, pair.mask) == (tmp_path / "x/p.jpg", tmp_path / "y/q.png")


def test_list_file_with_a_missing_photo_names_the_line(tmp_path):
    (tmp_path / "list.txt").write_text("gone.jpg\n")
    with pytest.raises(PortraitError, match=r"list\.txt, line 1: no photo gone\.jpg"):
        list_pairs(tmp_path / "list.txt")


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ((), "no such folder or list file"),
        (("images",), "has no masks/ inside"),
        (("masks",), "has no images/ inside"),
        (("images", "masks"), "holds no photos"),
    ],
)
def test_unusable_folders_say_what_is_missing(tmp_path, folders, message):
    for name in folders:
        (tmp_path / "set" / name).mkdir(parents=True)
    with pytest.raises(PortraitError, match=message):
        list_pairs(tmp_path / "set")


def test_photos_without_any_mask_are_named(tmp_path):
    touch(tmp_path / "images", "a.jpg", "b.jpg")
    touch(tmp_path / "masks")
    with pytest.raises(PortraitError, match=r"a\.jpg and 1 more have no mask"):
        list_pairs(tmp_path)


def test_photos_alone_are_listed_without_masks(tmp_path):
    touch(tmp_path, "b.jpg", "a.png", "c.gif")
    assert [path.name for path in list_photos(tmp_path)] == ["a.png", "b.jpg"]
    with pytest.raises(PortraitError, match="holds no images"):
        touch(tmp_path / "empty")
        list_photos(tmp_path / "empty")


def test_listing_opens_no_file(tmp_path, monkeypatch):
    names = [f"{i:05d}" for i in range(5000)]
    touch(tmp_path / "images", *(name + ".jpg" for name in names))
    touch(tmp_path / "masks", *(name + ".png" for name in names))
    monkeypatch.setattr("builtins.open", lambda *a, **k: pytest.fail("a file was opened"))
    started = time.process_time()
    assert len(list_pairs(tmp_path).pairs) == 5000
    assert time.process_time() - started < 5  # a stat or an open of every file would show here
