import numpy as np
import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.inference import compose

RED, BLUE = np.array([220, 20, 20]), np.array([20, 20, 220])


def scene(size=80):
    """A red person in the middle of a blue room, with a sharp alpha."""
    alpha = np.zeros((size, size), np.float32)
    alpha[20:60, 20:60] = 1
    return np.where(alpha[..., None] > 0, RED, BLUE).astype(np.uint8), alpha


def test_blur_leaves_the_person_alone_and_makes_no_halo():
    rgb, alpha = scene()
    blurred = compose.blur(rgb, alpha, radius=12)
    np.testing.assert_array_equal(blurred[alpha == 1], rgb[alpha == 1])
    # A plain blur would mix the red of the person into the blue next to it.
    np.testing.assert_allclose(blurred[alpha == 0], np.broadcast_to(BLUE, (int((alpha == 0).sum()), 3)), atol=3)


def test_blur_smooths_the_background():
    rgb = np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    empty = np.zeros((80, 80), np.float32)
    assert compose.blur(rgb, empty, 20).std() < 0.15 * rgb.std()
    assert compose.blur(rgb, empty, 40).std() < compose.blur(rgb, empty, 10).std()


def test_replace_covers_the_photo_with_the_middle_of_the_scene():
    rgb, alpha = scene()
    wide = np.zeros((40, 160, 3), np.uint8)
    wide[:, 60:100] = (0, 200, 0)  # the middle quarter of the width is what a square crop of a 1:4 picture shows
    replaced = compose.replace(rgb, alpha, wide)
    assert replaced.shape == rgb.shape
    np.testing.assert_array_equal(replaced[alpha == 1], rgb[alpha == 1])
    assert (replaced[:, 2:-2][alpha[:, 2:-2] == 0] == (0, 200, 0)).all()


def test_half_an_alpha_is_half_of_each():
    rgb, scene_ = np.full((4, 4, 3), 200, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    assert (compose.replace(rgb, np.full((4, 4), 0.5), scene_) == 150).all()


def test_cutout_keeps_colors_and_carries_the_alpha():
    rgb, alpha = scene()
    rgba = compose.cutout(rgb, alpha * 0.5)
    np.testing.assert_array_equal(rgba[..., :3], rgb)
    np.testing.assert_array_equal(rgba[..., 3], np.where(alpha > 0, 128, 0))


def test_blur_needs_a_radius():
    with pytest.raises(PortraitError, match="must be above 0"):
        compose.blur(*scene(), radius=0)
