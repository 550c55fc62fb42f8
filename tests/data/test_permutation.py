"""The order of an epoch holds each item once, and looks like one that NumPy draws."""

import itertools

import numpy as np
import pytest

from tf_portrait.data.permutation import permuted


def order(count, *key):
    return np.array([permuted(place, count, key) for place in range(count)])


@pytest.mark.parametrize("count", [*range(1, 40), 99, 100, 101, 1023, 1024, 1025, 4099])
def test_each_item_comes_once(count):
    np.testing.assert_array_equal(np.sort(order(count, 1, 0, 0)), np.arange(count))


@pytest.mark.parametrize("count", [10**7, 10**12 + 1])
def test_of_ever_so_many_a_thousand_places_hold_a_thousand_items_from_everywhere(count):
    found = [permuted(place, count, (1, 0)) for place in range(1000)]
    assert len(set(found)) == 1000 and min(found) >= 0 and max(found) < count
    assert abs(np.mean(found) / count - 0.5) < 4 * np.sqrt(1 / 12 / 1000)


def test_seeds_epochs_and_laps_differ():
    orders = {tuple(order(50, *key)) for key in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))}
    assert len(orders) == 4 and tuple(order(50, np.int64(1), 0, 0)) in orders


def unevenness(orders, bins):
    """Chi square of what `bins` counts in orders (N, count): each of its bins should be met alike."""
    seen = bins(orders)
    return np.sum((seen - seen.mean()) ** 2) / seen.mean()


def whole_orders(orders):
    """How often each of the 24 orders of four items is there."""
    every = np.array(list(itertools.permutations(range(4))))
    return np.bincount(orders @ 4 ** np.arange(4), minlength=256)[every @ 4 ** np.arange(4)]


def items_at_places(orders):
    """How often each item is at each place."""
    return np.stack([np.bincount(place, minlength=orders.shape[1]) for place in orders.T])


def steps_to_the_next(orders):
    """How far the item after an item is, around the circle: a permutation that is almost a shift is seen by it."""
    count = orders.shape[1]
    return np.bincount((np.diff(orders, axis=1) % count).ravel(), minlength=count)[1:]


@pytest.mark.parametrize(
    ("count", "bins"),
    [
        (4, whole_orders),
        (7, items_at_places),
        (9, steps_to_the_next),
        (16, steps_to_the_next),
        (101, steps_to_the_next),
    ],
)
def test_orders_are_as_even_as_those_that_numpy_draws(count, bins):
    number, rng = 12_000 // count, np.random.default_rng(3)
    drawn = [rng.permuted(np.tile(np.arange(count), (number, 1)), axis=1) for _ in range(50)]
    usual = [unevenness(orders, bins) for orders in drawn]
    found = unevenness(np.stack([order(count, 5, epoch, 0) for epoch in range(number)]), bins)
    assert found < np.mean(usual) + 4 * np.std(usual)
