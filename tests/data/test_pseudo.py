import numpy as np

from tests.conftest import write_portraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.pseudo import complete_masks, is_sure, label_photos, mirrored
from tf_portrait.data.store import read_pair


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
    assert label_photos(teacher, photos / "images", tmp_path / "out", progress=False) == (2, 2)
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
