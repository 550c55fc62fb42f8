import warnings

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_portraits
from tf_portrait.data.disagreement import read_disagreement
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import mask_values
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.inference.pseudo import ask, complete_masks, is_sure, label_photos, mirrored, soften_masks, together


def left_half(rgb):
    """A teacher that sees a person on the left, whatever the photo."""
    alpha = np.zeros(rgb.shape[:2], np.float32)
    alpha[:, : rgb.shape[1] // 2] = 1
    return alpha


def test_mirroring_makes_a_teacher_symmetric():
    np.testing.assert_array_equal(mirrored(left_half, np.zeros((4, 6, 3), np.uint8)), np.full((4, 6), 0.5))


def test_unsure_and_empty_answers_are_no_masks():
    sure = np.zeros((20, 20))
    sure[5:15, 5:15] = 1
    assert is_sure(sure)
    assert not is_sure(np.zeros((20, 20))) and not is_sure(np.where(sure > 0, 0.6, 0))


def test_a_folder_of_photos_becomes_a_data_set(tmp_path):
    photos = write_portraits(tmp_path / "photos", 4)

    def teacher(rgb):
        return np.full(rgb.shape[:2], 1.0 if rgb.mean() > brightness else 0.0, np.float32)

    means = [read_pair(pair)[0].mean() for pair in list_pairs(photos).pairs]
    brightness = sorted(means)[1]
    assert label_photos([teacher], photos / "images", tmp_path / "out", progress=False) == (2, 2)
    pairs = list_pairs(tmp_path / "out").pairs
    assert len(pairs) == 2 and all(read_pair(pair)[1].min() == 255 for pair in pairs)


def test_masks_are_completed_never_cut(tmp_path):
    photos = write_portraits(tmp_path / "photos", 3)

    def top(rgb):
        alpha = np.zeros(rgb.shape[:2], np.float32)
        alpha[:10] = 1
        return alpha

    added = complete_masks(top, photos, tmp_path / "out", progress=False)
    expected = []
    for before, after in zip(list_pairs(photos).pairs, list_pairs(tmp_path / "out").pairs, strict=True):
        old, new = read_pair(before)[1] > 127, read_pair(after)[1] > 127
        assert (new >= old).all() and new[:10].all() and (new[10:] == old[10:]).all()
        expected.append((new & ~old).mean())
    np.testing.assert_allclose(added, np.mean(expected))


def test_several_teachers_answer_together_from_both_sides():
    nobody = lambda rgb: np.zeros(rgb.shape[:2], np.float32)  # noqa: E731
    answer = together([left_half, nobody])(np.zeros((4, 6, 3), np.uint8))
    np.testing.assert_allclose(answer, np.full((4, 6), 0.25))


def test_soft_masks_keep_the_doubt(tmp_path):
    photos = write_portraits(tmp_path / "photos", 2)
    label_photos(
        [lambda rgb: np.full(rgb.shape[:2], 0.9)], photos / "images", tmp_path / "out", soft=True, progress=False
    )
    assert all((read_pair(pair)[1] == round(0.9 * 255)).all() for pair in list_pairs(tmp_path / "out").pairs)


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_softening_moves_masks_towards_the_teacher(tmp_path, weight):
    photos = write_portraits(tmp_path / "photos", 3)
    apart = soften_masks(left_half, photos, tmp_path / "out", weight, progress=False)
    expected = []
    for before, after in zip(list_pairs(photos).pairs, list_pairs(tmp_path / "out").pairs, strict=True):
        (photo, old), new = read_pair(before), read_pair(after)[1]
        teacher = 255 * left_half(photo)
        np.testing.assert_allclose(new, old + weight * (teacher - old), atol=0.5)
        expected.append(((teacher > 127) != (old > 127)).mean())
    np.testing.assert_allclose(apart, np.mean(expected))


def test_softening_by_more_than_all_is_refused(tmp_path):
    with pytest.raises(PortraitError, match=r"--soften 2: expected 0 \(the masks\) to 1 \(the teacher\)"):
        soften_masks(left_half, write_portraits(tmp_path / "photos", 1), tmp_path / "out", 2, progress=False)


@pytest.mark.parametrize("doubt", [0.0, 0.008, 0.45])
def test_softened_masks_without_a_person_are_read_as_written(tmp_path, doubt):
    photos = write_portraits(tmp_path / "photos", 1)
    Image.new("L", (64, 64), 0).save(photos / "masks" / "0000.png")
    soften_masks(lambda rgb: np.full(rgb.shape[:2], doubt), photos, tmp_path / "out", 0.5, progress=False)
    (pair,) = list_pairs(tmp_path / "out").pairs
    assert (read_pair(pair)[1] == round(0.5 * doubt * 255)).all()


def test_photos_of_one_name_get_masks_of_their_own(tmp_path):
    for name in ("a.png", "a.bmp", "x/a.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 16), (len(name), 9, 9)).save(tmp_path / "in" / name)
    everyone = lambda rgb: np.ones(rgb.shape[:2], np.float32)  # noqa: E731
    assert label_photos([everyone], tmp_path / "in", tmp_path / "out", progress=False) == (3, 0)
    assert len(list_pairs(tmp_path / "out").pairs) == 3


def test_one_damaged_photo_does_not_stop_the_teacher(tmp_path):
    photos = write_portraits(tmp_path / "photos", 3)
    (photos / "images" / "0000.jpg").write_bytes(b"broken")
    unreadable = []
    soften_masks(left_half, photos, tmp_path / "out", 0.5, progress=False, unreadable=unreadable)
    assert len(list_pairs(tmp_path / "out").pairs) == 2 and "0000.jpg" in unreadable[0]


def test_a_data_set_is_never_written_over(tmp_path):
    photos = write_portraits(tmp_path / "photos", 1)
    before = (photos / "masks" / "0000.png").read_bytes()
    with pytest.raises(PortraitError, match="which is read; choose another folder"):
        complete_masks(left_half, photos, photos, progress=False)
    assert (photos / "masks" / "0000.png").read_bytes() == before


def test_the_teacher_fills_what_a_mask_ignores(tmp_path):
    photos = write_portraits(tmp_path / "photos", 1)
    Image.fromarray(np.full((64, 64), 9, np.uint8)).save(photos / "masks" / "0000.png")
    values = mask_values(["1"], ["9"])
    soften_masks(left_half, photos, tmp_path / "out", 0.25, progress=False, values=values)
    (pair,) = list_pairs(tmp_path / "out").pairs
    np.testing.assert_array_equal(read_pair(pair)[1], 255 * left_half(np.zeros((64, 64, 3))))


def three_teachers():
    """All are their own mirror images. The third has 24 of 32 pixels in common with the others, but doubts the rest."""
    left, most = np.zeros((4, 10), np.float32), np.zeros((4, 10), np.float32)
    left[:, 2:8], most[:, 1:9] = 1, 1
    doubting = left + 0.45 * (most - left)
    return [lambda rgb: most, lambda rgb: most, lambda rgb: doubting], (2 * most + doubting) / 3


def test_disagreement_is_what_the_furthest_two_teachers_do_not_share():
    teachers, mean = three_teachers()
    alpha, apart = ask(teachers, np.zeros((4, 10, 3), np.uint8))
    np.testing.assert_allclose(alpha, mean, rtol=1e-6)
    assert apart == pytest.approx(1 - 24 / 32)


def test_one_teacher_disagrees_with_itself_on_the_mirror_image():
    assert ask([left_half], np.zeros((4, 6, 3), np.uint8))[1] == 1  # left of one is right of the other


@pytest.mark.parametrize(("agree", "unsure", "written"), [(0.75, False, 1), (0.76, False, 0), (0.76, True, 1)])
def test_teachers_that_do_not_agree_give_no_label_unless_it_is_for_a_review(tmp_path, agree, unsure, written):
    Image.new("RGB", (10, 4)).save(tmp_path / "a.png")
    out = tmp_path / "out"
    assert label_photos(three_teachers()[0], tmp_path, out, agree, unsure, progress=False) == (written, 1 - written)
    assert read_disagreement(out) == ({"a.png": 0.25} if written else {})


def test_disagreement_is_kept_under_the_name_that_the_photo_got(tmp_path):
    for name in ("a.png", "a.bmp"):
        Image.new("RGB", (10, 4)).save(tmp_path / name)
    label_photos(three_teachers()[0], tmp_path, tmp_path / "out", progress=False)
    assert set(read_disagreement(tmp_path / "out")) == {path.name for path in (tmp_path / "out/images").iterdir()}
    (tmp_path / "out" / "disagreement.json").write_text("[1]")
    with pytest.raises(PortraitError, match=r"disagreement\.json: cannot be read"):
        read_disagreement(tmp_path / "out")


@pytest.mark.parametrize("mend", [complete_masks, lambda *args, **keys: soften_masks(*args, 0.2, **keys)])
def test_a_teacher_that_sees_another_person_is_said(tmp_path, mend):
    photos = write_portraits(tmp_path / "photos", 3)
    answers = [read_pair(pair) for pair in list_pairs(photos).pairs]

    def teacher(inverted):
        masks = {photo.tobytes(): (mask > 127) != inverted for photo, mask in answers}
        return lambda rgb: masks[rgb.tobytes()].astype("float32")

    with pytest.warns(UserWarning, match="disagrees with 3 of 3 masks .* inverted"):
        mend(teacher(True), photos, tmp_path / "wrong", progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mend(teacher(False), photos, tmp_path / "right", progress=False)
