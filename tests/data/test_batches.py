import dataclasses
import itertools
import threading
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.batches import Batches, one_opencv_thread, replace_background
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.nobody import FRAMES
from tf_portrait.data.pipeline import two_view_dataset
from tf_portrait.data.pydataset import TwoViewDataset
from tf_portrait.data.store import Cached, PhotoStore, read_pair
from tf_portrait.errors import PortraitError


def settings(**changes):
    """What Batches looks at in a recipe; data knows no recipes."""
    known = {"size": 32, "batch": 4, "augmentation": PAPER, "fit": "stretch", "boundary": "canny", "prior": False}
    return SimpleNamespace(**{**known, "seed": 5, "steps": 3, **changes})


def batches(source=None, weights=None, backgrounds=None, **changes):
    source = SyntheticPortraits(10, 48) if source is None else source
    return Batches(source, settings(**changes), weights=weights, backgrounds=backgrounds)


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


class Numbers:
    """Photos that show their number."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return np.full((32, 32, 3), index, np.uint8), np.zeros((32, 32), np.uint8)


def order(source, epoch):
    """The numbers of the photos of an epoch."""
    shown = [source.batch(source.steps * epoch + step)["image"][:, 16, 16, 0] for step in range(source.steps)]
    return np.concatenate(shown).tolist()


STILL = dataclasses.replace(PAPER, probability=0.0)


def test_an_epoch_shows_every_photo_once():
    source = batches(Numbers(12), augmentation=STILL, steps=None)
    orders = [order(source, epoch) for epoch in (0, 1)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(12)) and orders[0] != orders[1]


def test_more_steps_than_photos_show_each_as_often_in_a_new_order():
    shown = order(batches(Numbers(5), augmentation=STILL, batch=5, steps=3), 0)
    laps = [shown[start : start + 5] for start in (0, 5, 10)]
    assert all(sorted(lap) == list(range(5)) for lap in laps) and len(set(map(tuple, laps))) > 1


def test_weights_decide_how_often_a_photo_is_drawn():
    weights = np.zeros(10)
    weights[[2, 7]] = 3, 1
    source = batches(Numbers(10), augmentation=STILL, batch=50, steps=8, weights=weights)
    first, second = (np.array(order(source, epoch)) for epoch in (0, 1))
    assert set(first) == {2, 7} and not np.array_equal(first, second)
    assert abs(np.mean([*first, *second] == np.int64(2)) - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 800)


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
    store = PhotoStore(list_pairs(portraits).pairs, replace=True)
    with pytest.warns(UserWarning, match=r"left out: .*0003\.jpg"):
        replaced = store[3]
    np.testing.assert_array_equal(replaced[0], store[4][0])
    np.testing.assert_array_equal(store[3][0], store[4][0])


def test_nothing_readable_is_an_error(portraits):
    for path in (portraits / "images").iterdir():
        path.write_bytes(b"broken")
    with pytest.warns(UserWarning), pytest.raises(PortraitError, match="none of the 12 photos can be read"):
        PhotoStore(list_pairs(portraits).pairs, replace=True)[0]


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


def rimmed(index):
    """A portrait whose mask has an ignored block, and the same without."""
    photo, mask = SyntheticPortraits(10, 48)[index]
    counted = np.full(mask.shape, 255, np.uint8)
    counted[10:20, 5:30] = 0
    return photo, np.dstack([mask, counted])


def test_ignored_pixels_travel_through_the_warp():
    class Rimmed:
        def __len__(self):
            return 10

        def __getitem__(self, index):
            return rimmed(index)

    still = dataclasses.replace(PAPER, probability=0.0)
    plain = batches(augmentation=still, size=48).batch(0)
    found = batches(Rimmed(), augmentation=still, size=48).batch(0)
    ignored = found["mask"] == -1
    expected = np.zeros((48, 48), bool)
    expected[10:20, 5:30] = True
    assert (ignored == expected).all() and ((found["boundary"] == -1) == expected).all()
    for key in ("mask", "boundary"):
        np.testing.assert_array_equal(found[key][~ignored], plain[key][~ignored])
    turned = batches(Rimmed(), size=32).batch(0)["mask"]
    # What comes in from outside of a photo is background and counts.
    assert 0.01 < np.mean(turned == -1) < 0.4 and turned[turned != -1].min() >= 0


def test_replaced_backgrounds_leave_ignored_pixels_as_they_are():
    image, mask = np.full((4, 4, 3), 9, np.uint8), np.zeros((4, 4), np.float32)
    mask[0], mask[1] = -1, 1
    green = [np.full((8, 8, 3), (0, 255, 0), np.uint8)]
    result = replace_background(np.random.default_rng(0), image, mask, green)
    assert (result[:2] == 9).all() and (result[2:] == (0, 255, 0)).all()


def test_frames_of_nobody_come_at_the_drawn_rate():
    green = [np.full((60, 80, 3), (0, 255, 0), np.uint8)]
    rate = dataclasses.replace(PAPER, probability=0.0, nobody=0.3)
    found = [batches(augmentation=rate, backgrounds=green, steps=30).batch(step) for step in range(30)]
    masks, images = (np.concatenate([batch[key] for batch in found]) for key in ("mask", "image"))
    empty = masks.max(axis=(1, 2)) == 0
    assert 0.2 < empty.mean() < 0.4  # 120 samples: two standard deviations are 0.08
    background = (images[empty] == (0, 255, 0)).all(axis=(1, 2, 3))
    assert 0.4 < background.mean() < 0.95


def test_without_a_rate_nothing_else_is_drawn():
    never = dataclasses.replace(PAPER, nobody=0.0)
    assert_equal(batches(augmentation=never).batch(0), batches().batch(0))


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_are_pictures_of_their_size(kind):
    frames = [FRAMES[kind](np.random.default_rng(seed), 33) for seed in range(6)]
    assert all(frame.shape == (33, 33, 3) and frame.dtype == np.uint8 for frame in frames)
    level = np.mean(frames)
    assert {"black": level < 6, "white": level > 249}.get(kind, 6 < level < 249)


@pytest.mark.parametrize("shares", [(2, 2), (1, 3), (1, 1, 2)])
def test_the_slots_of_several_processes_make_the_batch_of_one(shares):
    whole, cuts = batches().batch(4), np.cumsum([0, *shares])
    parts = [
        Batches(SyntheticPortraits(10, 48), settings(), slots=range(*cut)).batch(4) for cut in itertools.pairwise(cuts)
    ]
    assert_equal({key: np.concatenate([part[key] for part in parts]) for key in whole}, whole)


def test_opencv_gets_its_threads_back():
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        inside = []
        with one_opencv_thread():
            worker = threading.Thread(target=lambda: inside.append(batches().batch(0)))
            worker.start()
            worker.join()
            assert cv2.getNumThreads() == 1 and inside
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


def test_a_photo_of_a_score_is_never_replaced(portraits):
    (portraits / "images" / "0003.jpg").write_bytes(b"broken")
    with pytest.raises(PortraitError, match=r"0003\.jpg"):
        PhotoStore(list_pairs(portraits).pairs)[3]


def test_two_threads_charge_the_cache_once():
    gate = threading.Barrier(2)

    class Slow:
        def __len__(self):
            return 1

        def __getitem__(self, index):
            gate.wait(5)
            return np.zeros(100, np.uint8)

    source = Cached(Slow(), budget=250)
    workers = [threading.Thread(target=lambda: source[0]) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert source._free == 150
