import numpy as np

from tests.exporting.graph.test_deploy import trained
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.graph.rounding import halved, round_keeping_sums, to_half


def high_pass(channels=64, seed=0):
    """Filters of large taps that add up to almost nothing, as folded BatchNorms leave them."""
    rng = np.random.default_rng(seed)
    kernel = rng.normal(0, 20, (3, 3, channels, 1))
    return (kernel - kernel.mean((0, 1)) + rng.normal(0, 0.01, (1, 1, channels, 1))).astype("float32")


def test_sums_survive_where_nearest_values_lose_them():
    kernel = high_pass()
    lost = np.abs((to_half(kernel) - kernel).sum((0, 1)))
    kept = np.abs((round_keeping_sums(kernel, to_half) - kernel).sum((0, 1)))
    assert kept.mean() < 0.2 * lost.mean()


def test_every_tap_is_on_the_grid_and_near_its_value():
    kernel = high_pass()
    steps = np.abs(kernel).max((0, 1)).ravel() / 127
    rounded = round_keeping_sums(kernel, lambda taps: np.round(taps / steps) * steps)
    ticks = rounded[..., 0] / steps
    np.testing.assert_allclose(ticks, np.round(ticks), atol=1e-3)
    assert np.abs(rounded - kernel)[..., 0].max() <= (1.01 * steps).max()
    # One carry is left at the end: half a step, however many taps there were.
    assert (np.abs((rounded - kernel).sum((0, 1)))[:, 0] <= 0.5 * steps + 1e-4).all()


def test_halved_models_hold_float16_values_alone():
    deployed = deploy(trained())
    for layer in halved(deployed).layers:
        for kernel in layer.get_weights()[:1]:
            np.testing.assert_array_equal(kernel, kernel.astype("float16").astype("float32"))
    small = halved(deployed, smallest=10**9)
    for ours, theirs in zip(deployed.get_weights(), small.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
