import dataclasses

import numpy as np

from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.geometry import deformation
from tf_portrait.data.nobody import background_crop, frame_without_person
from tf_portrait.training.recipe import Recipe

PLACE = np.zeros((40, 60, 3), np.uint8)
PLACE[..., 0], PLACE[:, 30:, 1] = 250, 200


def test_drawn_pictures_are_of_the_size_asked_and_of_many_kinds():
    pictures = [frame_without_person(np.random.default_rng(seed), 32) for seed in range(40)]
    assert {(picture.shape, picture.dtype) for picture in pictures} == {((32, 32, 3), np.dtype("uint8"))}
    means = [picture.mean() for picture in pictures]
    assert min(means) < 8 and max(means) > 247 and len({picture.tobytes() for picture in pictures}) > 35


def test_a_crop_of_a_place_has_its_colors_and_no_others():
    crops = [background_crop(np.random.default_rng(seed), 16, [PLACE]) for seed in range(20)]
    for crop in crops:
        assert crop.shape == (16, 16, 3) and (crop[..., 0] == 250).all() and not crop[..., 2].any()
    assert len({crop.tobytes() for crop in crops}) > 5


def test_samples_of_nobody_have_an_empty_mask_and_boundary():
    source = SyntheticPortraits(4, 32)
    augmentation = dataclasses.replace(PAPER, nobody=1.0)
    batch = Batches(source, Recipe(size=32, batch=4, augmentation=augmentation)).batch(0)
    assert not batch["mask"].any() and not batch["boundary"].any()
    half = Recipe(size=32, batch=64, augmentation=dataclasses.replace(PAPER, nobody=0.5))
    some = Batches(source, half).batch(0)["mask"].any(axis=(1, 2))
    assert 15 < some.sum() < 50


def test_without_nobody_and_turned_the_batches_are_the_papers():
    source = SyntheticPortraits(4, 32)
    plain = Batches(source, Recipe(size=32, batch=4)).batch(0)
    again = Batches(
        source, Recipe(size=32, batch=4, augmentation=dataclasses.replace(PAPER, nobody=0.0, turned=0.0))
    ).batch(0)
    np.testing.assert_array_equal(plain["view2"], again["view2"])


def test_turned_photos_reach_a_right_angle_though_rotation_is_off():
    augmentation = dataclasses.replace(PAPER, probability=0.0, turned=1.0)
    angles = []
    for seed in range(60):
        a, b = deformation(np.random.default_rng(seed), 64, 64, 64, "stretch", augmentation)[0, :2]
        angles.append(np.rad2deg(np.arctan2(b, a)))
    assert 85 < np.abs(angles).max() <= 100.001 and min(angles) < -60 and max(angles) > 60
