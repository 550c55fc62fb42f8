import dataclasses

import numpy as np
import pytest

from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.pipeline import two_view_dataset
from tf_portrait.data.pydataset import TwoViewDataset
from tf_portrait.data.store import Cached, PhotoStore, read_pair
from tf_portrait.errors import PortraitError


def batches(**options):
    return Batches(SyntheticPortraits(10, 48), **{"size": 32, "batch": 4, "steps": 3, "seed": 5, **options})


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for key in one:
        np.testing.assert_array_equal(one[key], other[key], err_msg=key)


def test_a_batch_has_the_promised_parts():
    batch = batches().batch(0)
    assert {key: (value.shape, value.dtype.name) for key, value in batch.items()} == {
        "image": ((4, 32, 32, 3), "uint8"),
        "view2": ((4, 32, 32, 3), "uint8"),
        "mask": ((4, 32, 32), "float32"),
        "boundary": ((4, 32, 32), "float32"),
    }
    assert batch["mask"].min() >= 0 and batch["mask"].max() == 1 and set(np.unique(batch["boundary"])) == {0, 1}


def test_the_same_seed_gives_the_same_batches_in_any_order():
    one, other = batches(), batches()
    backwards = {step: other.batch(step) for step in (5, 1, 0)}
    for step in (0, 1, 5):
        assert_equal(one.batch(step), backwards[step])


def test_steps_epochs_and_seeds_differ():
    first = batches().batch(0)["image"]
    for other in (batches().batch(1), batches().batch(3), batches(seed=6).batch(0)):
        assert not np.array_equal(first, other["image"])


def test_an_epoch_shows_every_photo_once():
    class Numbers:
        def __len__(self):
            return 12

        def __getitem__(self, index):
            return np.full((32, 32, 3), index, np.uint8), np.zeros((32, 32), np.uint8)

    augmentation = dataclasses.replace(PAPER, probability=0.0)
    source = Batches(Numbers(), 32, 4, augmentation)
    orders = [
        [int(v) for step in range(3) for v in source.batch(3 * epoch + step)["image"][:, 16, 16, 0]] for epoch in (0, 1)
    ]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(12)) and orders[0] != orders[1]


def test_weights_decide_how_often_a_photo_is_drawn():
    weights = np.zeros(10)
    weights[[2, 7]] = 3, 1
    order = Batches(SyntheticPortraits(10, 32), 32, 50, steps=40, weights=weights)._order(0)
    assert set(order) == {2, 7} and 0.7 < np.mean(order == 2) < 0.8


def test_tensorflow_and_keras_pipelines_deliver_the_same():
    source = batches()
    tensorflow = [
        {key: value.numpy() for part in parts for key, value in part.items()} for parts in two_view_dataset(source, 1)
    ]
    plain = TwoViewDataset(source, 1)
    assert len(tensorflow) == len(plain) == 3
    for step in range(3):
        expected = source.batch(3 + step)
        assert_equal(tensorflow[step], expected)
        assert_equal({key: value for part in plain[step] for key, value in part.items()}, expected)


def test_backgrounds_replace_what_is_not_the_person():
    green = [np.full((60, 80, 3), (0, 255, 0), np.uint8)]
    augmentation = dataclasses.replace(PAPER, background=1.0)
    batch = batches(augmentation=augmentation, backgrounds=green).batch(0)
    outside = batch["image"][batch["mask"] == 0]
    assert (outside == (0, 255, 0)).all()
    inside = batch["image"][batch["mask"] == 1].astype(int)
    assert np.mean(np.abs(inside - (0, 255, 0)).sum(1) < 10) < 0.01


def test_unreadable_photos_are_replaced_and_reported_once(portraits):
    (portraits / "images" / "0003.jpg").write_bytes(b"broken")
    store = PhotoStore(list_pairs(portraits).pairs)
    with pytest.warns(UserWarning, match=r"left out: .*0003\.jpg"):
        replaced = store[3]
    np.testing.assert_array_equal(replaced[0], store[4][0])
    np.testing.assert_array_equal(store[3][0], store[4][0])


def test_nothing_readable_is_an_error(portraits):
    for path in (portraits / "images").iterdir():
        path.write_bytes(b"broken")
    with pytest.warns(UserWarning), pytest.raises(PortraitError, match="none of the 12 photos can be read"):
        PhotoStore(list_pairs(portraits).pairs)[0]


def test_masks_of_another_shape_are_refused(portraits):
    from PIL import Image

    Image.new("L", (64, 40)).save(portraits / "masks" / "0000.png")
    with pytest.raises(PortraitError, match=r"0000\.png: is 64x40 where the photo is 64x64"):
        read_pair(list_pairs(portraits).pairs[0])


def test_cache_keeps_what_fits():
    class Counting:
        reads = 0

        def __len__(self):
            return 4

        def __getitem__(self, index):
            Counting.reads += 1
            return np.zeros(100, np.uint8), np.zeros(100, np.uint8)

    source = Cached(Counting(), budget=450)  # room for two items
    for _ in range(3):
        for index in range(4):
            source[index]
    assert Counting.reads == 4 + 2 + 2
