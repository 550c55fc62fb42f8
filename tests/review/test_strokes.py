import numpy as np
import pytest

from tf_portrait.data.masks import encode_mask, read_mask
from tf_portrait.errors import PortraitError
from tf_portrait.review.strokes import check_strokes, mend


def stroke(points, radius=0.1, person=True):
    return {"person": person, "radius": radius, "points": points}


def distance_to_segment(height, width, start, end):
    """Of each pixel's center to a segment in 0..1, in pixels: a plain oracle."""
    y, x = np.mgrid[:height, :width] + 0.5
    (ax, ay), (bx, by) = (np.array(point) * (width, height) for point in (start, end))
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1) if length else 0
    return np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


@pytest.mark.parametrize("points", [[[0.2, 0.3], [0.8, 0.6]], [[0.5, 0.5]], [[0.5, 0.1], [0.5, 0.9]]])
@pytest.mark.parametrize("person", [True, False])
def test_a_stroke_covers_what_is_nearer_than_its_radius(points, person):
    height, width, radius = 120, 160, 0.06
    before = np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (height, width))
    after = mend(before, [stroke(points, radius, person)])
    distance = distance_to_segment(height, width, points[0], points[-1])
    assert (after[distance < radius * width - 2] == (255 if person else 0)).all()
    outside = distance > radius * width + 2
    np.testing.assert_array_equal(after[outside], before[outside])


def test_a_later_stroke_lies_over_an_earlier_one():
    empty = np.zeros((50, 50), np.uint8)
    after = mend(empty, [stroke([[0.1, 0.5], [0.9, 0.5]]), stroke([[0.5, 0.5]], person=False)])
    assert after[25, 25] == 0 and after[25, 8] == 255 and not empty.any()


def test_strokes_outside_of_the_photo_change_nothing():
    mask = np.random.default_rng(0).integers(0, 256, (40, 30), dtype=np.uint8)
    np.testing.assert_array_equal(mend(mask, [stroke([[-0.5, -0.5], [-0.4, -0.5]], 0.05)]), mask)


def test_what_the_brush_touched_counts_and_the_file_keeps_the_rest_ignored(tmp_path):
    mask = np.dstack([np.zeros((40, 40)), np.zeros((40, 40))]).astype(np.uint8)
    mended = mend(mask, [stroke([[0.5, 0.5]], 0.2)])
    assert mended[20, 20].tolist() == [255, 255] and mended[0, 0].tolist() == [0, 0]
    (tmp_path / "m.png").write_bytes(encode_mask(mended))
    np.testing.assert_array_equal(read_mask(tmp_path / "m.png")[..., 1], mended[..., 1])


@pytest.mark.parametrize(
    "wrong",
    [
        7,
        [7],
        [{}],
        [stroke([[0.5]])],
        [stroke([[0.5, "a"]])],
        [stroke([[0.5, float("nan")]])],
        [stroke([[0.5, 0.5]], radius=9)],
        [stroke([[0.5, 0.5]], radius=True)],
        [stroke([[0.5, 0.5]] * 20_001)],
    ],
)
def test_what_is_no_stroke_is_refused(wrong):
    with pytest.raises(PortraitError, match="strokes of the brush"):
        check_strokes(wrong)


def test_strokes_without_points_are_none():
    assert check_strokes([stroke([]), stroke([[0.5, 1]])]) == [stroke([[0.5, 1]])]
