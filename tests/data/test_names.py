import unicodedata

import pytest
from PIL import Image

from tests.data.test_folder import touch
from tf_portrait.data.doctor import examine
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.errors import PortraitError


def names(listing, folder):
    return [(str(p.image.relative_to(folder)), str(p.mask.relative_to(folder))) for p in listing.pairs]


LAYOUTS = {
    "VOC": (["JPEGImages/a.jpg", "SegmentationClass/a.png"], ("JPEGImages/a.jpg", "SegmentationClass/a.png")),
    "img": (["img/a.jpg", "Mask/a.png"], ("img/a.jpg", "Mask/a.png")),
    "side by side": (["a.jpg", "a_mask.png"], ("a.jpg", "a_mask.png")),
    "endings": (["images/a.jpg", "masks/a_matte.png"], ("images/a.jpg", "masks/a_matte.png")),
    "suffix twice": (["images/a.jpg", "masks/a.jpg.png"], ("images/a.jpg", "masks/a.jpg.png")),
    "photos above masks": (["a.jpg", "masks/a.gif"], ("a.jpg", "masks/a.gif")),
    "nested": (["images/x/a.jpg", "masks/x/a.png"], ("images/x/a.jpg", "masks/x/a.png")),
    "macOS": (["images/a.jpg", "images/._a.jpg", "masks/a.png", "masks/._a.png"], ("images/a.jpg", "masks/a.png")),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_usual_layouts_are_understood(tmp_path, layout):
    files, pair = LAYOUTS[layout]
    for name in files:
        touch((tmp_path / name).parent, (tmp_path / name).name)
    listing = list_pairs(tmp_path)
    assert names(listing, tmp_path) == [pair] and not (listing.without_mask or listing.without_photo)


def test_one_name_in_both_spellings_of_unicode(tmp_path):
    touch(tmp_path / "images", unicodedata.normalize("NFD", "Jürgen.jpg"))
    touch(tmp_path / "masks", unicodedata.normalize("NFC", "Jürgen.png"))
    assert len(list_pairs(tmp_path).pairs) == 1
    (tmp_path / "list.txt").write_text(unicodedata.normalize("NFC", "Jürgen.jpg"))
    assert len(list_pairs(tmp_path / "list.txt").pairs) == 1


def test_photos_that_differ_in_suffix_only_are_not_lost(tmp_path):
    touch(tmp_path / "images", "a.jpg", "a.png", "b.jpg")
    touch(tmp_path / "masks", "a.png", "b.png")
    listing = list_pairs(tmp_path)
    assert [path.name for path in listing.ambiguous] == ["a.jpg", "a.png"] and len(listing.pairs) == 1
    assert len(list_photos(tmp_path)) == 3
    Image.new("RGB", (8, 8)).save(tmp_path / "images/b.jpg")
    Image.new("L", (8, 8)).save(tmp_path / "masks/b.png")
    (report,) = examine([listing], progress=False)
    assert not report.healthy and report.count("ambiguous") == 2
    touch(tmp_path / "masks", "a.jpg.png", "a.png.png")
    (tmp_path / "masks/a.png").unlink()
    assert len(list_pairs(tmp_path).pairs) == 3


def test_a_data_set_a_floor_lower_is_hinted_at(tmp_path):
    touch(tmp_path / "train/images", "a.jpg")
    touch(tmp_path / "train/masks", "a.png")
    with pytest.raises(PortraitError, match="train in it has both"):
        list_pairs(tmp_path)


def test_a_link_that_leads_back_ends(tmp_path):
    touch(tmp_path / "x", "a.jpg")
    (tmp_path / "x/loop").symlink_to(tmp_path, target_is_directory=True)
    assert [path.name for path in list_photos(tmp_path)] == ["a.jpg"]


LISTS = {
    "name with spaces": "my photo, 1.jpg",
    "pair with spaces": "images/my photo, 1.jpg masks/my photo, 1.png",
    "tab": "images/my photo, 1.jpg\tmasks/my photo, 1.png",
    "comma": "images/my photo, 1.jpg,masks/my photo, 1.png",
    "quotes": '"images/my photo, 1.jpg";"masks/my photo, 1.png"',
    "backslashes": "images\\my photo, 1.jpg masks\\my photo, 1.png",
    "no suffix": "my photo, 1",
    "header": "image,mask\nimages/my photo, 1.jpg,masks/my photo, 1.png",
    "blank lines": "\r\n  my photo, 1.jpg \r\n\r\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("case", LISTS)
def test_list_files_may_be_written_in_many_ways(tmp_path, case, encoding):
    touch(tmp_path / "images", "my photo, 1.jpg", "my.jpg")
    touch(tmp_path / "masks", "my photo, 1.png")
    (tmp_path / "list.txt").write_bytes(LISTS[case].encode(encoding))
    listing = list_pairs(tmp_path / "list.txt")
    assert names(listing, tmp_path) == [("images/my photo, 1.jpg", "masks/my photo, 1.png")]


def test_vocs_lists_lie_beside_its_photos(tmp_path):
    touch(tmp_path / "JPEGImages", "2007_000032.jpg", "2007_000033.jpg")
    touch(tmp_path / "SegmentationClass", "2007_000032.png")
    touch(tmp_path / "ImageSets/Segmentation")
    (tmp_path / "ImageSets/Segmentation/train.txt").write_text("2007_000032\n")
    assert len(list_pairs(tmp_path / "ImageSets/Segmentation/train.txt").pairs) == 1


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0junk", b"M\xfcller.jpg\n"])
def test_lists_that_are_no_text_are_named(tmp_path, content):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(PortraitError, match=r"list\.txt: is no"):
        list_pairs(tmp_path / "list.txt")


def test_a_missing_mask_of_a_list_is_kept_for_the_doctor(tmp_path):
    touch(tmp_path, "a b.jpg")
    (tmp_path / "list.txt").write_text("a b.jpg gone.png\n")
    (pair,) = list_pairs(tmp_path / "list.txt").pairs
    assert (pair.image.name, pair.mask) == ("a b.jpg", tmp_path / "gone.png")
