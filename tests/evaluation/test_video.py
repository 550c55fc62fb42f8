"""evaluate.py --video: sequences whose masks are known, methods that are what they say, tables."""

import json

import numpy as np
import pytest

from tests.inference.clips import Half, write_clip
from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.video.compare import compare_videos, format_groups, format_videos, score
from tf_portrait.evaluation.video.methods import EntropySmoother, methods_of
from tf_portrait.evaluation.video.sequences import DASH, KINDS, check_request, clip, drawn, moved_photo
from tf_portrait.evaluation.video.sheet import video_sheet
from tf_portrait.inference.smoothing import TemporalSmoother


class Grain(Half):
    """Says what the noise of a picture says; half of the mask before is kept where there is one."""

    threshold, prior, card = 0.5, True, {}

    def probability(self, rgb):
        return self.run(self.fitted(rgb))

    def run(self, photo, previous=None):
        seen = np.clip(0.5 + (photo[..., 0].astype(np.float32) - photo[..., 0].mean()) / 20, 0, 1)
        return seen if previous is None else 0.5 * seen + 0.5 * previous


@pytest.fixture(scope="module")
def still():
    return drawn("still", 1, count=6, size=48)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_person_is_the_same_in_every_frame_and_the_mask_goes_with_it(kind):
    sequence, again = drawn(kind, 2, size=48), drawn(kind, 2, size=48)
    assert len(sequence.frames) == len(sequence.masks) == 24
    for one, other in zip(sequence.frames, again.frames, strict=True):
        np.testing.assert_array_equal(one, other)
    moved = [not np.array_equal(one, other) for one, other in zip(sequence.masks, sequence.masks[1:], strict=False)]
    assert any(moved) == (kind not in ("still", "light"))
    areas = [mask.mean() for mask in sequence.masks]
    assert min(areas) > 20 or kind == "cut"


def test_a_dash_ends_where_it_says_and_a_cut_is_black_between():
    dash = drawn("dash", 2, size=48)
    assert dash.settles == DASH[1]
    assert all(np.array_equal(mask, dash.masks[-1]) for mask in dash.masks[dash.settles - 1 :])
    assert not np.array_equal(dash.masks[dash.settles - 2], dash.masks[-1])
    cut = drawn("cut", 2, size=48)
    assert not any(cut.masks[index].any() for index in (10, 11)) and cut.frames[10].mean() < 5
    assert not np.array_equal(cut.masks[9], cut.masks[12])


def test_what_passes_in_front_of_a_person_is_not_in_the_mask():
    plain, hidden = drawn("still", 2, size=48), drawn("occlusion", 2, size=48)
    covered = [before.astype(int) - after for before, after in zip(plain.masks, hidden.masks, strict=True)]
    assert max(part.mean() for part in covered) > 10 and covered[0].mean() < 1
    assert min(part.min() for part in covered) == 0


def test_a_moved_photo_and_its_mask_go_together():
    mask = portrait(np.random.default_rng(0), 64)[1]
    sequence = moved_photo(np.dstack([mask] * 3), mask, "photo", 3)
    for frame, moved in zip(sequence.frames, sequence.masks, strict=True):
        assert np.abs(frame[..., 0].astype(int) - moved).mean() < 3
    assert not np.array_equal(sequence.masks[3], mask)
    resting = moved_photo(np.dstack([mask] * 3), mask, "photo", 3, moves=False)
    assert all(np.array_equal(same, mask) for same in resting.masks)


def test_the_methods_are_what_they_say(still):
    made = methods_of(Grain(), still.frames, ratios=(0.8,))
    ways = ["smoothing", "smoothing 0.8"]
    assert list(made) == ["per frame", *ways, "prior", *(f"prior + {way}" for way in ways), "MediaPipe's rule"]
    alone = [Grain().probability(frame) for frame in still.frames]
    np.testing.assert_array_equal(made["per frame"], alone)
    smoothers, previous = (TemporalSmoother(), TemporalSmoother(0.8, 0)), None
    for index, mask in enumerate(alone):
        photo = Grain().fitted(still.frames[index])
        for way, smoother in zip(ways, smoothers, strict=True):
            np.testing.assert_array_equal(made[way][index], smoother(mask, photo))
        previous = Grain().run(photo, previous)
        np.testing.assert_allclose(made["prior"][index], previous, atol=1e-6)


def test_the_entropy_of_mediapipes_rule():
    smoother = EntropySmoother(0.7)
    expected = [1, 0.811278**2, 0, 0]
    np.testing.assert_allclose(smoother.uncertainty(np.float32([0.5, 0.25, 0.0, 1.0])), expected, atol=1e-5)
    x = (np.linspace(0.01, 0.99, 50) - 0.5) ** 2
    polynomial = 1 - np.minimum(1, x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717)))))
    np.testing.assert_allclose(smoother.uncertainty(np.linspace(0.01, 0.99, 50)), polynomial, atol=0.01)


def test_the_truth_scores_best_and_a_late_mask_lags():
    dash = drawn("dash", 2, size=48)
    truths = [mask / np.float32(255) for mask in dash.masks]
    best = score(dash, truths)
    assert best["iou"] == 1 and best["dtssd"] == best["iou_change"] == best["lag"] == 0
    late = score(dash, [truths[max(0, index - 3)] for index in range(len(truths))])
    assert late["lag"] == 2 and late["dtssd"] > 0  # it stood still one frame before `settles`


def test_rows_for_each_group_and_for_all(still):
    sequences = [still, drawn("dash", 1, size=48)]
    rows, curves = compare_videos({"grain": Grain()}, sequences, progress=False)
    table = format_videos(rows)
    assert table.count("grain") == len({row["method"] for row in rows})
    alone = {row["group"]: row for row in rows if row["method"] == "per frame"}
    assert alone["all"]["iou"] == pytest.approx((alone["drawn: still"]["iou"] + alone["drawn: dash"]["iou"]) / 2)
    assert alone["drawn: still"]["lag"] is None and alone["all"]["lag"] is not None
    flicker = {row["method"]: row["flicker"] for row in rows if row["group"] == "drawn: still"}
    assert (
        flicker["prior"] < flicker["per frame"]
        and flicker["smoothing"] < flicker["smoothing 0.8"] < flicker["per frame"]
    )
    assert len(curves["grain, prior"][still.name]) == 5
    assert "drawn: dash" in format_groups(rows, [("grain", "per frame"), ("grain", "prior")])


def test_the_sheet_shows_what_is_missed_and_what_is_false():
    sequence = drawn("sway", 1, size=48)

    class Nobody(Half):
        threshold, prior, card = 0.5, False, {"network": "none"}

        def probability(self, rgb):
            return np.zeros((8, 8), np.float32)

        def run(self, photo, previous=None):
            return self.probability(photo)

        def fitted(self, rgb):
            return rgb[:8, :8]

    nobody = video_sheet({"none": Nobody()}, sequence, columns=4)
    assert nobody.shape == (4 * (48 + 2 + 22), 4 * (48 + 2), 3)
    red = (nobody == (220, 60, 40)).all(axis=2)
    expected = 2 * sum(int((mask > 127).sum()) for mask in sequence.masks[10:14])  # of two methods
    assert red.sum() == expected


def test_a_clip_takes_the_teachers_masks(tmp_path):
    path = write_clip(tmp_path / "in.mp4", [index / 25 for index in range(6)])

    class Teacher:
        threshold = 0.5

        def __call__(self, rgb):
            return (rgb[..., 0] > 127).astype(np.float32)

    sequence = clip(path, Teacher(), 4)
    assert len(sequence.frames) == 4 and sequence.masks[0].dtype == np.uint8
    np.testing.assert_array_equal(sequence.masks[2] > 0, sequence.frames[2][..., 0] > 127)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ((["none.mp4"], "portraitnet", 1, 1, 9), "none.mp4: no such file"),
        (([__file__], None, 1, 1, 9), "whose masks are true there"),
        (([], None, -1, 1, 9), "--videos -1: must be 0 or more"),
        (([], None, 1, 1, 1), "--frames 1: must be 2 or more"),
    ],
)
def test_wrong_requests_are_sentences(request_, message):
    with pytest.raises(PortraitError, match=message):
        check_request(*request_)


def test_the_command_writes_table_numbers_and_curves(pipeline, tmp_path):
    run = pipeline("evaluate.py", "portraitnet_fast", "--video", "--videos", 0, "--out", "steady")
    assert run.returncode == 2 and "nothing to compare" in run.stderr
    clip_path = write_clip(tmp_path / "talk.mp4", [0, 0.04, 0.08])
    flags = ("--video", clip_path, "--teacher", "portraitnet_fast", "--videos", 0, "--out", "steady")
    run = pipeline("evaluate.py", "portraitnet_fast", *flags)
    assert run.returncode == 0, run.stderr
    assert "clip: talk" in (tmp_path / "steady.md").read_text()
    assert json.loads((tmp_path / "steady.json").read_text())["rows"][0]["iou"] == 1
    assert (tmp_path / "steady.png").read_bytes().startswith(b"\x89PNG")
