import types

import numpy as np

from tests.tiny import tiny
from tf_portrait.data.fit import fit_photo
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.store import read_pair
from tf_portrait.evaluation.sheet import FALSE_ALARM, MISSED, worst_sheet
from tf_portrait.inference.pictures import as_picture, contact_sheet
from tf_portrait.inference.probability import KerasModel


def test_sheet_places_rows_side_by_side_with_captions():
    colors = [np.full((10, 10, 3), value, np.uint8) for value in (10, 60, 110)]
    sheet = contact_sheet([[color, color] for color in colors], captions=["a", "b", "c"])
    assert sheet.shape == (2 * (12 + 22), 2 * 24, 3)
    assert [sheet[5, 5, 0], sheet[5, 24 + 5, 0], sheet[34 + 5, 5, 0]] == [10, 60, 110]
    assert (sheet[34:, 24:] == 255).all()  # the place that is left over
    assert sheet[12:34, :24].min() < 128  # a caption is written


def test_probabilities_become_gray():
    assert as_picture(np.array([[0.0, 0.5, 1.0]])).tolist() == [[[0] * 3, [128] * 3, [255] * 3]]


def segmenter_that_says(person):
    """A network whose mask logits are the same everywhere."""
    network = tiny(64)
    kernel, _ = network.get_layer("mask").get_weights()
    network.get_layer("mask").set_weights([kernel * 0, np.array([-9.0, 9.0] if person else [9.0, -9.0])])
    return types.SimpleNamespace(runtime=KerasModel(network, 64), fitted=lambda photo: fit_photo(photo, 64, "stretch"))


def test_worst_photos_come_first_and_errors_are_colored(portraits):
    pairs = list_pairs(portraits).pairs[:4]
    result = {"photos": [{"iou": iou} for iou in (0.9, 0.2, 0.8, 0.5)]}
    first = (slice(1, 65), slice(1, 65))  # the first picture of the first row, inside its frame
    photo, mask = read_pair(pairs[1])
    sheet = worst_sheet(segmenter_that_says(True), pairs, result, count=2)
    np.testing.assert_array_equal(sheet[first], photo)
    person = mask > 127
    for says, color, where in ((True, FALSE_ALARM, ~person), (False, MISSED, person)):
        errors = worst_sheet(segmenter_that_says(says), pairs, result, count=2, photos=False)[first]
        assert (errors[where] == color).all() and not (errors[~where] == color).all(axis=1).any()
