import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.data.crop import boxes_of, crop_people
from tf_portrait.data.faces import face_finder
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import mask_values
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError

HEIGHT, WIDTH = 400, 200
FACE = (90, 60, 20, 25)  # left, top, width, height


def street(folder, count=1, ignored=False):
    """Photos of a person 300 pixels high, whose face is FACE; every pixel says where it is."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    photo = np.dstack([rows // 2, columns, np.full_like(rows, 77)]).astype(np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[50:350, 70:130] = 255
    if ignored:
        mask[mask > 0] = 1
        mask[340:350, 70:130] = 9
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for index in range(count):
        Image.fromarray(photo).save(folder / "images" / f"{index}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{index}.png")
    return folder


def finder(*faces):
    return lambda rgb: np.array(faces, float).reshape(-1, 4)


def person():
    return np.uint8(255) * np.uint8(np.add.outer(np.zeros(HEIGHT), (np.arange(WIDTH) // 60) == 1) > 0)


def test_a_cut_is_a_square_around_the_face_and_its_room_above():
    # The face's center is at (100, 72.5), 1.5 heights of 25 below the upper edge at 35.
    (box,) = boxes_of(None, person(), finder(FACE), [4.0], 10)
    assert box == (35, 135, 50, 150)


def test_cuts_end_where_the_photo_ends_and_no_two_are_alike():
    corner = (60, 2, 20, 30)
    assert boxes_of(None, person(), finder(corner), [4.0], 10) == [(0, 92, 10, 130)]
    assert boxes_of(None, person(), finder(FACE), [30.0, 40.0], 10) == [(35, 400, 0, 200)]


def test_faces_that_are_small_or_outside_of_the_mask_are_left_out():
    assert boxes_of(None, person(), finder((10, 60, 20, 25)), [4.0], 10) == []
    assert boxes_of(None, person(), finder(FACE), [4.0], 26) == []
    assert boxes_of(None, person(), finder((-50, -60, 20, 25)), [4.0], 10) == []


def test_photo_and_mask_are_cut_alike(tmp_path):
    done = crop_people(street(tmp_path / "p", 2), tmp_path / "out", finder(FACE), (3, 6), 10, progress=False)
    assert (done.photos, done.cuts, done.faceless) == (2, 4, 0)
    pairs = list_pairs(tmp_path / "out").pairs
    assert [pair.image.name for pair in pairs] == ["0a.jpg", "0b.jpg", "1a.jpg", "1b.jpg"]
    assert len({pair.group for pair in pairs}) == 2  # training keeps the cuts of one photo together
    photo, mask = read_pair(pairs[1])
    rows, columns = np.mgrid[35:185, 25:175]
    assert np.abs(photo[..., 0].astype(int) - rows // 2).max() <= 3  # JPEG
    assert np.abs(photo[..., 1].astype(int) - columns).max() <= 3
    np.testing.assert_array_equal(mask, 255 * ((rows >= 50) & (columns >= 70) & (columns < 130)))


def test_names_without_a_number_get_one_and_equal_ones_are_told_apart(tmp_path):
    source = street(tmp_path / "p")
    for kind in ("images", "masks"):
        (source / kind / "x").mkdir()
        (source / kind / "0.png").rename(source / kind / "anna.png")
        (source / kind / "x" / "anna.png").write_bytes((source / kind / "anna.png").read_bytes())
    crop_people(source, tmp_path / "out", finder(FACE), (3,), 10, progress=False)
    pairs = list_pairs(tmp_path / "out").pairs
    assert [pair.image.stem for pair in pairs] == ["anna_1_2a", "anna_1a"] and len({p.group for p in pairs}) == 2


def test_without_a_detector_the_upper_half_of_the_person_is_cut(tmp_path):
    crop_people(street(tmp_path / "p"), tmp_path / "out", None, progress=False)
    mask = read_pair(list_pairs(tmp_path / "out").pairs[0])[1]
    assert 0.4 < mask.shape[0] / 300 < 0.7 and mask[0].max() == 0 and mask[-1].max() == 255
    columns = np.flatnonzero(mask.any(0))
    assert abs(columns.mean() - (mask.shape[1] - 1) / 2) <= 1  # in the middle


def test_ignored_pixels_stay_ignored(tmp_path):
    values = mask_values(["1"], ["9"])
    crop_people(street(tmp_path / "p", ignored=True), tmp_path / "out", None, values=values, progress=False)
    crop_people(
        street(tmp_path / "q", ignored=True), tmp_path / "whole", finder(FACE), (30,), 10, values, progress=False
    )
    assert read_pair(list_pairs(tmp_path / "out").pairs[0])[1].ndim == 2
    np.testing.assert_array_equal(
        read_pair(list_pairs(tmp_path / "whole").pairs[0])[1][..., 1] == 0,
        read_pair(list_pairs(tmp_path / "q", values).pairs[0])[1][35:, :, 1] == 0,
    )


def test_a_damaged_photo_is_named_and_the_rest_is_cut(tmp_path):
    source, unreadable = street(tmp_path / "p", 2), []
    (source / "images" / "0.png").write_bytes(b"broken")
    done = crop_people(source, tmp_path / "out", finder(FACE), (3,), 10, None, unreadable, progress=False)
    assert (done.photos, done.cuts) == (1, 1) and "0.png: cannot be read" in unreadable[0]


def test_mistakes_are_named(tmp_path):
    source = street(tmp_path / "p")
    with pytest.raises(PortraitError, match="no face of 32 pixels or more lies in a mask"):
        crop_people(source, tmp_path / "out", finder(), progress=False)
    with pytest.raises(PortraitError, match=r"--heights 0\.5: a cut holds at least the face"):
        crop_people(source, tmp_path / "out", finder(FACE), (0.5,), progress=False)
    with pytest.raises(PortraitError, match="which is read; choose another folder"):
        crop_people(source, source, finder(FACE), progress=False)
    with pytest.raises(PortraitError, match=r"nothing\.onnx: no such file; YuNet's \.onnx is wanted, or no file"):
        face_finder(tmp_path / "nothing.onnx")
    (tmp_path / "other.onnx").write_text("no network")
    with pytest.raises(PortraitError, match=r"other\.onnx: is no face detector of OpenCV"):
        face_finder(tmp_path / "other.onnx")


def test_what_finds_faces_is_said():
    find, words = face_finder()
    assert "--faces YUNET.onnx" in words and (find is None) == words.startswith("none")


def test_yunet_finds_the_astronaut_whatever_the_size_of_the_photo(shared, tmp_path):
    find, words = face_finder(shared / "models" / "yunet_n_640_640.onnx")
    rgb = read_rgb("tf_portrait/data/astronaut.jpg")
    (left, top, width, height) = find(rgb)[0]
    assert words.startswith("YuNet") and left < 225 < left + width and top < 115 < top + height
    large = np.repeat(np.repeat(rgb, 4, axis=0), 4, axis=1)  # shrunk to 960 pixels before it is searched
    np.testing.assert_allclose(find(large)[0], 4 * find(rgb)[0], rtol=0.1, atol=30)
    assert len(find(np.zeros((300, 200, 3), np.uint8))) == 0


def test_drawn_people_are_cut_by_the_command(pipeline, tmp_path):
    write_portraits(tmp_path / "people", 3, size=96)
    done = pipeline("prepare_data.py", "crop", "people", "--out", "cuts", "--smallest", "16")
    assert "faces: " in done.stdout
    assert (done.returncode == 0 and len(list_pairs(tmp_path / "cuts").pairs) == 3) or "no face" in done.stderr
    assert pipeline("prepare_data.py", "crop", "people", "--out", "cuts", "--faces", "gone.onnx").returncode == 2
    assert pipeline("prepare_data.py").returncode == 2
