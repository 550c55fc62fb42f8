import cv2
import numpy as np
import pytest
from PIL import Image

from tests.data.test_files import palette_image, save
from tf_portrait.data.doctor import examine, format_reports
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import MaskValues, encode_mask, examine_mask, mask_values, read_mask
from tf_portrait.data.readings import UnclearMask
from tf_portrait.data.voc import VOC_COLORS
from tf_portrait.errors import PortraitError

# A person of two parts, another person or thing, and a rim around the first.
PERSON, HAIR, OTHER, RIM = np.zeros((4, 80, 80), bool)
PERSON[20:70, 20:50] = True
HAIR[20:30, 20:50] = True
OTHER[40:70, 60:75] = True
RIM[18:72, 18:52] = True
RIM &= ~PERSON
VOC256 = np.zeros((256, 3), np.uint8)
VOC256[:21] = VOC_COLORS
VOC256[255] = 224, 224, 192


def levels(person=255, other=0, rim=0, background=0, dtype=np.uint8):
    return np.select([PERSON, OTHER, RIM], [person, other, rim], background).astype(dtype)


def colors(person, hair, background):
    return np.select([HAIR[..., None], PERSON[..., None]], [np.array(hair), np.array(person)], background).astype(
        np.uint8
    )


def test_voc_colors_are_pascal_vocs():
    known = {0: (0, 0, 0), 1: (128, 0, 0), 9: (192, 0, 0), 15: (192, 128, 128), 20: (0, 64, 128)}
    assert {index: tuple(VOC_COLORS[index].tolist()) for index in known} == known


READ = {
    "palette whose first color is white": lambda p: palette_image(
        np.where(PERSON, 0, 1), [(255, 255, 255), (0, 0, 0)]
    ).save(p),
    "Pillow's quantize": lambda p: Image.fromarray(levels()).convert("RGB").quantize(2).save(p),
    "GIF": lambda p: Image.fromarray(levels()).save(p, "gif"),
    "near black and white": lambda p: save(p, np.where(PERSON, 253, 2).astype(np.uint8)),
    "one color on black": lambda p: save(p, colors((30, 200, 40), (30, 200, 40), (0, 0, 0))),
    "VOC's person": lambda p: palette_image(levels(15), VOC256).save(p),
    "VOC's person and a chair": lambda p: palette_image(levels(15, 9), VOC256).save(p),
    "JPEG": lambda p: Image.fromarray(levels()).save(p, "jpeg", quality=90),
}


@pytest.mark.parametrize("encoding", READ)
def test_what_the_file_says_is_read(tmp_path, encoding):
    path = tmp_path / "m.png"
    READ[encoding](path)
    np.testing.assert_array_equal(read_mask(path) > 127, PERSON)


REFUSED = {
    "persons as gray levels": levels(85, 255),
    "persons as gray levels with soft edges": cv2.GaussianBlur(levels(85, 255), (3, 3), 0),
    "several class numbers": levels(2, 7),
    "class numbers and 255": levels(2, 7, 255),
    "a trimap": levels(255, 0, 128),
    "part levels": np.where(HAIR, 160, levels(200, 255)).astype(np.uint8),
    "one class number": levels(128),
    "1 and 255, both thick": levels(255, 1),
    "all person or ignored": np.where(PERSON, 255, 1).astype(np.uint8),
    "parts in colors": colors((0, 255, 0), (255, 0, 0), (0, 0, 255)),
    "two colors, none black": colors((0, 255, 0), (0, 255, 0), (0, 0, 255)),
    "parts in colors on black": colors((0, 255, 0), (255, 0, 0), (0, 0, 0)),
    "VOC's chair in colors": colors((192, 0, 0), (192, 0, 0), (0, 0, 0)),
    "16 bit instances": levels(21000, 65535, dtype=np.uint16),
}


@pytest.mark.parametrize("encoding", REFUSED)
def test_what_could_mean_several_things_is_refused(tmp_path, encoding):
    path = save(tmp_path / "m.png", REFUSED[encoding])
    with pytest.raises(UnclearMask, match=r"m\.png: mask values .*--mask-values 15"):
        read_mask(path)


@pytest.mark.parametrize("index", [levels(9), levels(1), levels(1, 2), levels(1, 0, 255)])
def test_vocs_palette_with_other_classes_is_refused(tmp_path, index):
    palette_image(index, VOC256).save(tmp_path / "m.png")
    with pytest.raises(UnclearMask, match="Pascal VOC"):
        read_mask(tmp_path / "m.png")


@pytest.mark.parametrize("voc", [False, True])
def test_a_rim_is_ignored(tmp_path, voc):
    path = tmp_path / "m.png"
    palette_image(levels(15, 9, 255), VOC256).save(path) if voc else save(path, levels(1, 0, 255))
    reading = examine_mask(path)
    np.testing.assert_array_equal(reading.mask, np.dstack([PERSON * np.uint8(255), ~RIM * np.uint8(255)]))
    assert reading.assumed and not examine_mask(path, mask_values(ignore=["255"])).assumed
    np.testing.assert_array_equal(read_mask(path, mask_values(ignore=["255"])), reading.mask)


SAID = {
    "a class number": (levels(15, 9), ["15"], []),
    "two parts": (np.where(HAIR, 2, levels(1, 7)).astype(np.uint8), ["face=1", "hair=2"], []),
    "colors": (colors((0, 255, 0), (255, 0, 0), (0, 0, 255)), ["#00ff00", "hair=#ff0000"], []),
    "persons": (np.where(OTHER, 0, levels(85)).astype(np.uint8), ["85", "255"], []),
    "16 bit": (levels(1000, 2000, dtype=np.uint16), ["1000"], []),
    "black person": (levels(0, 255, 255, 255), ["0"], []),
}


@pytest.mark.parametrize("case", SAID)
def test_the_user_says_which_values_are_the_person(tmp_path, case):
    array, person, ignore = SAID[case]
    mask = read_mask(save(tmp_path / "m.png", array), mask_values(person, ignore))
    np.testing.assert_array_equal(mask, PERSON * np.uint8(255))


def test_said_values_travel_with_the_pairs(portraits):
    for path in (portraits / "masks").iterdir():
        mask = np.asarray(Image.open(path)) > 127
        save(path, np.where(mask, 7, 3).astype(np.uint8))
    (pair, *_) = list_pairs(portraits, mask_values(["7"])).pairs
    assert read_mask(pair.mask, pair.values).max() == 255
    (report,) = examine([list_pairs(portraits, mask_values(["7"]))], progress=False)
    assert report.healthy and "12 masks read as person: 7" in format_reports([report])


@pytest.mark.parametrize("word", ["face", "-1", "#12", "1.5"])
def test_words_that_are_no_values_are_named(word):
    with pytest.raises(PortraitError, match=f"--mask-values {word}: expected a level"):
        mask_values([word])


def test_a_value_is_the_person_or_ignored_not_both():
    with pytest.raises(PortraitError, match="--ignore 255: is in --mask-values too"):
        mask_values(["1", "255"], ["255"])
    assert mask_values() is None and mask_values(["soft"]) == MaskValues(soft=True)


def test_numbers_for_colors_and_colors_for_numbers_are_refused(tmp_path):
    path = save(tmp_path / "m.png", REFUSED["parts in colors"])
    with pytest.raises(PortraitError, match="are colors"):
        read_mask(path, mask_values(["15"]))
    with pytest.raises(PortraitError, match="numbers, not colors"):
        read_mask(save(tmp_path / "n.png", levels(15)), mask_values(["#00ff00"]))


@pytest.mark.parametrize("level", [0.0, 0.004, 0.008, 0.2, 0.45, 1.0])
def test_our_own_soft_masks_come_back_as_they_were(tmp_path, level):
    alpha = np.full((40, 40), level, np.float32)
    alpha[:20] *= 0.5  # flat areas, as half of a teacher's answer leaves them
    (tmp_path / "m.png").write_bytes(encode_mask(alpha))
    np.testing.assert_array_equal(read_mask(tmp_path / "m.png"), np.uint8(np.round(255 * alpha)))


def test_unmarked_soft_masks_are_read_where_their_edges_are_slopes(tmp_path):
    soft = cv2.GaussianBlur(levels(), (9, 9), 0)
    np.testing.assert_array_equal(read_mask(save(tmp_path / "m.png", soft)), soft)
    dim = save(tmp_path / "n.png", soft // 3)
    with pytest.raises(UnclearMask):
        read_mask(dim)
    np.testing.assert_array_equal(read_mask(dim, MaskValues(soft=True)), soft // 3)


def test_alpha_and_levels_that_contradict_each_other_are_refused(tmp_path):
    alpha = np.full((80, 80), 255, np.uint8)
    alpha[:5] = 0
    save(tmp_path / "m.png", np.dstack([levels()] * 3 + [alpha]))
    with pytest.raises(PortraitError, match="contradict"):
        read_mask(tmp_path / "m.png")


def test_the_doctor_reports_a_convention_until_it_is_confirmed(tmp_path):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (80, 80), (90, 60, 30)).save(tmp_path / "images/a.png")
    save(tmp_path / "masks/a.png", levels(1, 0, 255))
    (report,) = examine([list_pairs(tmp_path)], progress=False)
    assert not report.healthy and report.unusable == 0 and "rim of 255" in format_reports([report])
    (report,) = examine([list_pairs(tmp_path, mask_values(ignore=["255"]))], progress=False)
    assert report.healthy
