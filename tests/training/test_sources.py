import dataclasses

import pytest

from tf_portrait.data.folder import Listing, Photo
from tf_portrait.errors import PortraitError
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.sources import training_pairs


def listing(path, names):
    return Listing(path, [Photo(path / f"{name}.jpg", path / f"{name}.png") for name in names], [], [])


def test_a_part_is_held_out_and_crops_of_one_photo_stay_together(tmp_path):
    names = [f"{number:04d}{letter}" for number in range(50) for letter in "ab"]
    train, validation, weights = training_pairs([listing(tmp_path, names)], Recipe(validation=0.2), held_out=True)
    assert len(train) == 80 and len(validation) == 20 and weights is None
    sides = [{pair.image.stem[:4] for pair in part} for part in (train, validation)]
    assert not sides[0] & sides[1]


def test_the_split_is_the_same_every_time(tmp_path):
    sets = [listing(tmp_path, map(str, range(30)))]
    assert training_pairs(sets, Recipe(), True) == training_pairs(sets, Recipe(), True)
    assert training_pairs(sets, Recipe(), True)[1] != training_pairs(sets, Recipe(seed=1), True)[1]


def test_weights_belong_to_the_photos_of_their_set(tmp_path):
    sets = [listing(tmp_path / "a", "12"), listing(tmp_path / "b", "345")]
    recipe = dataclasses.replace(Recipe(), data_weights=(2.0, 0.5))
    assert training_pairs(sets, recipe, held_out=False)[2].tolist() == [2.0, 2.0, 0.5, 0.5, 0.5]
    with pytest.raises(PortraitError, match="has 1 values for 2 data sets"):
        training_pairs(sets, dataclasses.replace(recipe, data_weights=(1.0,)), held_out=False)


def test_one_photo_cannot_be_split(tmp_path):
    with pytest.raises(PortraitError, match="too few photos to hold 10% out; give --val DIR"):
        training_pairs([listing(tmp_path, "1")], Recipe(), held_out=True)
