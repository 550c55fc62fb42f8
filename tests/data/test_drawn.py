import numpy as np

from tf_portrait.data.drawn.portraits import SyntheticPortraits

SOURCE = SyntheticPortraits(30, 96, seed=4)
PORTRAITS = [SOURCE[index] for index in range(30)]


def test_same_seed_same_portrait():
    for index in (7, 3):
        again = SyntheticPortraits(30, 96, seed=4)[index]
        np.testing.assert_array_equal(again[0], PORTRAITS[index][0])
        np.testing.assert_array_equal(again[1], PORTRAITS[index][1])
    assert not np.array_equal(SyntheticPortraits(30, 96, seed=5)[3][0], PORTRAITS[3][0])


def test_masks_are_people_with_anti_aliased_outlines():
    for photo, mask in PORTRAITS:
        assert photo.shape == (96, 96, 3) and mask.shape == (96, 96) and photo.dtype == mask.dtype == np.uint8
        assert 0.08 < np.mean(mask > 127) < 0.9
        assert (mask[-1] > 127).any()  # the body leaves the picture at the bottom
    soft = np.mean([np.mean((mask > 0) & (mask < 255)) for _, mask in PORTRAITS])
    assert 0.005 < soft < 0.2


def test_the_mask_follows_the_drawn_person():
    """Drawing the same person over two scenes changes the photo outside of the mask only."""
    from tf_portrait.data.drawn.person import draw_person

    for seed in range(10):
        layers = []
        for gray in (0, 255):
            image, mask = np.full((96, 96, 3), gray, np.uint8), np.zeros((96, 96), np.uint8)
            draw_person(np.random.default_rng(seed), image, mask, (0.5, 0.4), 0.2)
            layers.append((image.astype(int), mask))
        (dark, mask), (light, again) = layers
        np.testing.assert_array_equal(mask, again)
        seen_through = (light - dark).max(axis=2) / 255.0
        np.testing.assert_allclose(seen_through, 1 - mask / 255.0, atol=0.35)
        assert np.abs(seen_through - (1 - mask / 255.0)).mean() < 0.01


def test_lengths_and_bounds():
    assert len(SOURCE) == 30
    assert sum(1 for _ in SyntheticPortraits(3, 32)) == 3  # IndexError ends the iteration
