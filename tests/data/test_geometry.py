import cv2
import numpy as np
import pytest

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.data.fit import fit_matrix, fit_photo, unfit
from tf_portrait.data.geometry import deformation, warp
from tf_portrait.errors import PortraitError

STILL = {"flip": False, "rotation": 0.0, "resize": (1.0, 1.0), "translation": 0.0, "probability": 1.0}


def matrix(size=64, height=48, width=64, fit="stretch", seed=0, **changes):
    augmentation = Augmentation(**{**STILL, **changes})
    return deformation(np.random.default_rng(seed), height, width, size, fit, augmentation)


def smooth_photo(height, width):
    noise = np.random.default_rng(0).random((height // 8, width // 8, 3)).astype(np.float32)
    return (cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("fit", ["stretch", "letterbox"])
@pytest.mark.parametrize("shape", [(120, 90), (90, 120), (64, 64)])
def test_no_deformation_is_the_fit_that_inference_uses(fit, shape):
    photo = smooth_photo(*shape)
    warped = warp(photo, matrix(64, *shape, fit=fit), 64).astype(int)
    fitted = fit_photo(photo, 64, fit).astype(int)
    # Area averaging and bilinear sampling differ a little on smooth content; a shift by half a pixel would not.
    assert np.abs(warped - fitted)[2:-2, 2:-2].mean() < 2


def test_flip_mirrors_the_fitted_photo():
    photo = smooth_photo(64, 64)
    flipped = warp(photo, matrix(height=64, flip=True), 64)
    np.testing.assert_array_equal(flipped, warp(photo, matrix(height=64), 64)[:, ::-1])


def test_center_stays_under_rotation_resize_and_aspect():
    for seed in range(20):
        m = matrix(64, 48, 80, seed=seed, rotation=45.0, resize=(0.5, 1.5), aspect=1.3, flip=True)
        np.testing.assert_allclose(m @ [39.5, 23.5, 1], [31.5, 31.5], atol=1e-3)


def test_ranges_are_the_papers():
    size, angles, scales, shifts, flips = 100, [], [], [], 0
    for seed in range(400):
        m = deformation(np.random.default_rng(seed), size, size, size, "stretch", Augmentation())
        flips += np.linalg.det(m[:, :2]) < 0
        x = m[:, 1]  # the image of the photo's downward axis; a flip leaves it alone
        scales.append(np.linalg.norm(x))
        angles.append(np.rad2deg(np.arctan2(x[0], x[1])))
        shifts.append((m @ [49.5, 49.5, 1] - 49.5) / size)
    angles, scales, shifts = np.array(angles), np.array(scales), np.array(shifts)
    assert 40 < np.abs(angles).max() <= 45.001 and 0.4 < np.mean(np.abs(angles) > 1e-3) < 0.6
    assert 0.5 <= scales.min() < 0.55 and 1.45 < scales.max() <= 1.5 and 0.4 < np.mean(np.abs(scales - 1) > 1e-3) < 0.6
    assert 0.23 < np.abs(shifts).max() <= 0.2501 and 0.4 < np.mean(np.abs(shifts).max(1) > 1e-3) < 0.6
    assert 160 < flips < 240


def test_a_rotation_keeps_angles_in_a_photo_that_is_stretched_afterwards():
    m = matrix(64, 48, 96, rotation=45.0, seed=3).astype(float)
    to_photo = np.linalg.inv(fit_matrix(48, 96, 64, "stretch")[:, :2].astype(float)) @ m[:, :2]
    np.testing.assert_allclose(to_photo @ to_photo.T, np.eye(2), atol=1e-5)


def test_strong_shrinking_does_not_alias():
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    small = warp(stripes, matrix(32, 512, 512), 32)
    assert small.std() < 15  # sampling would show stripes of 0 and 255


def test_borders_are_gray_for_photos_and_empty_for_masks():
    m = matrix(32, 32, 32, resize=(0.5, 0.5))
    assert (warp(np.zeros((32, 32, 3), np.uint8), m, 32)[0, 0] == 128).all()
    assert warp(np.full((32, 32), 255, np.uint8), m, 32, border=0)[0, 0] == 0


@pytest.mark.parametrize("fit", ["stretch", "letterbox"])
@pytest.mark.parametrize("shape", [(90, 130), (131, 77)])
def test_unfit_undoes_fit(fit, shape):
    photo = smooth_photo(*shape)
    back = unfit(fit_photo(photo, 128, fit)[..., 0].astype(np.float32), *shape, fit)
    assert back.shape == shape
    assert np.abs(back - photo[..., 0])[3:-3, 3:-3].mean() < 4


def test_unknown_fit_is_named():
    with pytest.raises(PortraitError, match="fit='crop' is unknown; use one of stretch, letterbox"):
        fit_photo(np.zeros((4, 4, 3), np.uint8), 32, "crop")


def test_aspect_changes_proportions_by_what_was_drawn_at_any_angle():
    ratios = []
    for seed in range(200):
        m = matrix(64, 64, 64, seed=seed, rotation=45.0, resize=(0.5, 1.5), aspect=1.3, probability=0.8)[:, :2]
        plain = matrix(64, 64, 64, seed=seed, rotation=45.0, resize=(0.5, 1.5), aspect=1.0, probability=0.8)[:, :2]
        change = np.linalg.inv(plain.astype(float)) @ m  # in the photo's own axes: wider by s, lower by 1/s, no shear
        np.testing.assert_allclose(change, np.diag([change[0, 0], 1 / change[0, 0]]), atol=1e-5)
        ratios.append(change[0, 0] / change[1, 1])
    assert 1 / 1.3 - 1e-4 <= min(ratios) < 0.8 and 1.25 < max(ratios) <= 1.3 + 1e-4


@pytest.mark.parametrize("shape", [(97, 64), (61, 200), (33, 47)])
def test_letterboxes_of_training_and_inference_are_the_same_box(shape):
    white = np.full((*shape, 3), 255, np.uint8)
    height, width = shape
    corners = fit_matrix(*shape, 64, "letterbox") @ np.array([[-0.5, width - 0.5], [-0.5, height - 0.5], [1, 1]])
    inside = np.argwhere(fit_photo(white, 64, "letterbox")[..., 0] == 255)
    (top, left), (bottom, right) = inside.min(0) - 0.5, inside.max(0) + 0.5
    np.testing.assert_allclose(corners, [[left, right], [top, bottom]], atol=1e-3)
