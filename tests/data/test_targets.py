import cv2
import numpy as np
import pytest

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.targets import boundary_target
from tf_portrait.errors import PortraitError


def square(size=224):
    mask = np.zeros((size, size), np.uint8)
    mask[size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = 255
    return mask


@pytest.mark.parametrize(("size", "width"), [(224, 4), (112, 2), (448, 8)])
def test_width_is_4_at_224_and_in_proportion(size, width):
    row = boundary_target(square(size))[size // 2]
    left = row[: size // 2]
    assert left.sum() == width
    assert abs(np.flatnonzero(left).mean() - (size // 4 - 0.5)) <= 1.5  # about the true edge


@pytest.mark.parametrize("how", ["canny", "contour"])
def test_lies_on_the_outline_and_nowhere_else(how):
    for index in range(5):
        mask = SyntheticPortraits(5, 224)[index][1]
        person = (mask > 127).astype(np.uint8)
        target = boundary_target(mask, how)
        near = cv2.dilate(person, np.ones((9, 9))) != cv2.erode(person, np.ones((9, 9)))
        assert set(np.unique(target)) == {0, 1}
        if how == "contour":  # a contour also follows the edge of the photo where the person leaves it
            target[:5], target[-5:], target[:, :5], target[:, -5:] = 0, 0, 0, 0
        assert not target[~near].any()
        outline = cv2.morphologyEx(person, cv2.MORPH_GRADIENT, np.ones((3, 3)))[8:-8, 8:-8]
        assert target[8:-8, 8:-8][outline > 0].mean() > 0.8


@pytest.mark.parametrize("fill", [0, 255])
def test_no_outline_no_target(fill):
    assert not boundary_target(np.full((64, 64), fill, np.uint8)).any()


def test_soft_masks_are_cut_at_one_half():
    soft = square()
    soft[soft == 0] = 100
    soft[soft == 255] = 150
    np.testing.assert_array_equal(boundary_target(soft), boundary_target(square()))


def test_unknown_kind_is_named():
    with pytest.raises(PortraitError, match="boundary='sobel' is unknown; use canny, contour, adaptive or distance"):
        boundary_target(square(), "sobel")


def test_adaptive_outline_is_as_wide_as_the_person_is_large():
    masks = [np.zeros((512, 512), np.uint8) for _ in range(2)]
    masks[0][156:356, 156:356], masks[1][56:456, 56:456] = 255, 255
    for mask, side in zip(masks, (200, 400), strict=True):
        width = round(50 * side**2 / 512**2)  # K = S_portrait / (S_portrait + S_background) W
        assert abs(int(boundary_target(mask, "adaptive")[256, :256].sum()) - width) <= 1


def test_distance_is_one_on_the_boundary_and_falls_to_zero():
    mask = np.zeros((9, 9), np.uint8)
    mask[:, :4] = 255
    weight = boundary_target(mask, "distance")
    assert weight.dtype == np.float32
    np.testing.assert_allclose(weight, np.tile([0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25, 0], (9, 1)), atol=0.02)
    assert not boundary_target(np.zeros((8, 8), np.uint8), "distance").any()
