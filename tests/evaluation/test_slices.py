import numpy as np
import pytest

from tests.conftest import write_portraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import read_mask
from tf_portrait.evaluation.slices import ALL, ORDER, compare_slices, format_slices, skin_angle, slices_of

NOBODY, FACE = np.zeros((0, 4)), np.array([[10.0, 10.0, 20.0, 24.0]])


def photo(gray=120, skin=(200, 150, 120), part=0.3):
    """A gray picture of 60 x 60 whose upper part is a person with a face of one color."""
    rgb, mask = np.full((60, 60, 3), gray, np.uint8), np.zeros((60, 60), np.uint8)
    mask[: round(60 * part)] = 255
    rgb[10:34, 10:30] = skin
    return rgb, mask


def angle_of(rgb):
    """The individual typology angle by CIE's formulas, D65."""
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(rgb) / 255])
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.degrees(np.arctan2(116 * f[1] - 16 - 50, 200 * (f[1] - f[2])))


@pytest.mark.parametrize(
    ("color", "name"),
    [((235, 205, 190), "light skin"), ((190, 140, 110), "medium skin"), ((90, 60, 45), "dark skin")],
)
def test_skin_is_the_typology_angle_of_the_face(color, name):
    rgb, mask = photo(skin=color)
    assert skin_angle(rgb, FACE[0]) == pytest.approx(angle_of(color), abs=0.5)
    assert [title for title in slices_of(rgb, mask, lambda _: FACE) if name in title]


def test_a_face_beyond_the_edge_has_no_skin():
    assert skin_angle(photo()[0], (-60.0, 0.0, 20.0, 24.0)) is None


@pytest.mark.parametrize(
    ("options", "faces", "expected"),
    [
        (
            {"gray": 40, "part": 0.1},
            NOBODY,
            {"no face found", "person below 25% of the picture", "person darker than 80 of 255"},
        ),
        ({"gray": 220, "part": 0.9}, FACE, {"one face", "person above 50%", "person brighter than 160"}),
        ({}, np.vstack([FACE, FACE]), {"several faces", "person 25 to 50%", "person 80 to 160"}),
        ({"part": 0.0}, NOBODY, {"no face found", "person below 25% of the picture"}),
    ],
)
def test_the_other_qualities(options, faces, expected):
    names = set(slices_of(*photo(skin=(options.get("gray", 120),) * 3, **options), lambda _: faces))
    assert expected <= names <= set(ORDER)
    assert len(names) == len(expected) + 1 + len(faces[:1])  # all, and skin where there is a face


def test_without_a_finder_nothing_is_said_of_faces():
    assert slices_of(*photo(), None) == [ALL, "person 25 to 50%", "person 80 to 160"]


def test_ignored_pixels_are_nobody():
    rgb, mask = photo(part=0.9)
    ignored = np.dstack([mask, np.where(np.arange(60)[:, None] < 6, 255, np.zeros((1, 60)))]).astype(np.uint8)
    assert "person below 25% of the picture" in slices_of(rgb, ignored, lambda _: NOBODY)


def test_each_slice_has_the_mean_of_its_own_photos(tmp_path):
    write_portraits(tmp_path, 4)
    pairs = list_pairs(tmp_path).pairs
    calls = iter([NOBODY, FACE, FACE, NOBODY])
    segment = {"all person": lambda rgb: np.ones(rgb.shape[:2], np.float32)}
    result = compare_slices(segment, pairs, lambda _: next(calls), progress=False)
    shares = [np.mean(read_mask(pair.mask) > 127) for pair in pairs]  # which is the IoU of all person
    for name, own in ((ALL, range(4)), ("no face found", (0, 3)), ("one face", (1, 2))):
        assert result[name]["photos"] == len(own)
        assert result[name]["scores"]["all person"]["iou"] == pytest.approx(np.mean([shares[i] for i in own]), abs=1e-6)
    assert f"{np.mean(shares):.4f}" in format_slices(result).splitlines()[2]
