"""What a video remembers, and what makes it forget: no trail of an old mask."""

import time

import numpy as np
import pytest

import tf_portrait as tp
from tests.inference.clips import Half, write_clip
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.inference.overlap import Behind, ahead
from tf_portrait.inference.smoothing import TemporalSmoother
from tf_portrait.inference.stream import CUT, Stream, scene_change
from tf_portrait.inference.video import convert_video
from tf_portrait.models.archive import save_model

SCENE = SyntheticPortraits(2, 64, seed=3)
FIRST, OTHER = SCENE[0][0], SCENE[1][0]
BLACK = np.zeros_like(FIRST)


class Trail(Half):
    """The worst network with a prior: it never lets go of a mask; bright pixels are person."""

    def run(self, photo, previous=None):
        seen = (photo.max(axis=2) > 200).astype(np.float32)
        return seen if previous is None else np.maximum(seen, previous)


def fresh(frame):
    return Trail().run(Trail().fitted(frame))


def test_frames_of_one_scene_hand_their_mask_on():
    stream = Stream(Trail())
    stream.probability(FIRST)
    darker = (FIRST * 0.95).astype(np.uint8)
    assert stream.probability(darker).sum() > fresh(darker).sum()


@pytest.mark.parametrize("between", [[], [BLACK], [BLACK] * 3])
def test_a_cut_leaves_no_trail(between):
    assert scene_change(FIRST, OTHER) > CUT
    stream = Stream(Trail())
    for frame in (FIRST, FIRST, *between):
        stream.probability(frame)
    np.testing.assert_array_equal(stream.probability(OTHER), fresh(OTHER))


def test_a_black_frame_shows_nobody_and_ends_what_was():
    stream = Stream(Trail())
    stream.probability(FIRST)
    assert not stream.probability(BLACK).any()


def test_another_size_leaves_no_trail():
    stream = Stream(Trail())
    stream.probability(FIRST)
    smaller = np.ascontiguousarray(FIRST[4:60, 4:60])
    np.testing.assert_array_equal(stream.probability(smaller), fresh(smaller))


@pytest.mark.parametrize(("seconds", "forgets"), [(1.04, False), (0.2, True), (7.0, True)])
def test_a_jump_in_time_leaves_no_trail(seconds, forgets):
    stream, darker = Stream(Trail()), (FIRST * 0.95).astype(np.uint8)
    stream.probability(FIRST, 1.0)
    assert np.array_equal(stream.probability(darker, seconds), fresh(darker)) == forgets


def test_reset_forgets_and_two_streams_do_not_share():
    one, other, darker = Stream(Trail()), Stream(Trail()), (FIRST * 0.95).astype(np.uint8)
    one.probability(FIRST)
    np.testing.assert_array_equal(other.probability(darker), fresh(darker))
    one.reset()
    np.testing.assert_array_equal(one.probability(darker), fresh(darker))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "best.keras"
    options = {"size": 32, "width": 0.25, "prior": True}
    network = tp.build("portraitnet", **options)
    card = {"network": "portraitnet", "options": options, "size": 32, "fit": "stretch", "threshold": 0.5}
    save_model(path, network, card)
    return path


def test_a_segmenter_with_a_prior_takes_photos_alone_and_frames_with_the_mask_before(model):
    segmenter = tp.Segmenter(model)
    assert segmenter.prior and segmenter.runtime.channels == 4
    photo = segmenter.fitted(FIRST)
    none = np.dstack([photo, np.zeros((32, 32), np.uint8)])
    np.testing.assert_array_equal(segmenter.probability(FIRST), segmenter.runtime.probability(none))
    before = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    stacked = np.dstack([photo, np.rint(255 * before).astype(np.uint8)])
    np.testing.assert_allclose(segmenter.run(photo, before), segmenter.runtime.probability(stacked), atol=1e-6)
    stream = segmenter.video()
    assert stream(FIRST).shape == FIRST.shape[:2]


def test_a_network_without_a_prior_is_the_same_in_a_stream_but_for_the_smoothing():
    class Bright(Half):
        def run(self, photo, previous=None):
            return photo[..., 0] / np.float32(255)

    stream = Stream(Bright(), TemporalSmoother(0, 0))
    for frame in (FIRST, OTHER):
        np.testing.assert_array_equal(stream.probability(frame), Bright().run(Bright().fitted(frame)))


def test_items_are_read_ahead_in_order_and_never_far():
    made, taken = [], 0

    def items():
        for index in range(50):
            made.append(index)
            yield index

    for index in ahead(items(), room=3):
        assert index == taken
        taken += 1
        assert len(made) <= taken + 3
    assert taken == 50


def test_what_the_reading_raises_comes_after_what_it_gave():
    def items():
        yield 1
        raise OSError("gone")

    reading = ahead(items(), room=3)
    assert next(reading) == 1
    with pytest.raises(OSError, match="gone"):
        next(reading)


def test_calls_behind_keep_their_order_wait_for_room_and_hand_errors_on():
    line, done, started = Behind(room=2), [], []
    for index in range(6):
        started.append(index)
        line.call(lambda i: (time.sleep(0.005), done.append(i)), index)
        assert len(started) - len(done) <= 3
    line.finish()
    assert done == list(range(6))
    failing = Behind()
    failing.call(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        failing.finish()


def test_a_video_that_ends_in_the_middle_ends_clearly(tmp_path):
    whole = write_clip(tmp_path / "whole.mkv", [index / 25 for index in range(40)], options={"qp": "10"}).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    made = convert_video(Half(), tmp_path / "cut.mkv", tmp_path / "out.mp4", lambda rgb, alpha: rgb, progress=False)
    assert 0 < made.frames < 40 and made.remarks and "cut.mkv" in made.remarks[0]
