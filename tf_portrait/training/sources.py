"""From what the user names to what the loop takes: training source, weights, validation, backgrounds."""

import bisect
import contextlib
import itertools
from collections.abc import Sequence

import numpy as np

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.shards import ShardPairs
from tf_portrait.data.store import BackgroundStore, Cached, PhotoStore
from tf_portrait.errors import PortraitError

SYNTHETIC_VALIDATION = 200
CACHED = 20_000  # photos; of more, those of 512 pixels that fit into the cache are less than a quarter


def training_pairs(listings, recipe, held_out):
    """The pairs of all listings as (training, validation, weight of each training pair).

    held_out: whether recipe.validation of them is kept for validation; photos named alike but for a letter behind a
    number (0012a, 0012b: two crops of one photo) stay together. Of shards, it is their end, which is a random sample.
    """
    weights = recipe.data_weights or (1.0,) * len(listings)
    if len(weights) != len(listings):
        raise PortraitError(
            f"--set data_weights={','.join(map(str, weights))} has {len(weights)} values for {len(listings)} data sets"
        )
    splits = [_split(listing.pairs, recipe) if held_out else (listing.pairs, []) for listing in listings]
    train, validation = (_joined([split[side] for split in splits]) for side in (0, 1))
    if held_out and not (len(train) and len(validation)):
        raise PortraitError(f"{listings[0].source}: too few photos to hold {recipe.validation:.0%} out; give --val DIR")
    train_weights = np.repeat(weights, [len(split[0]) for split in splits]) if recipe.data_weights else None
    return train, validation, train_weights


def photo_source(pairs):
    """A PhotoStore of pairs for training, cached unless they are so many that most were read again anyway."""
    store = PhotoStore(pairs, replace=True)
    return Cached(store) if len(pairs) <= CACHED else store


def synthetic_sources(recipe):
    """Training and validation portraits that are drawn, not photographed."""
    train = SyntheticPortraits(recipe.synthetic, recipe.size, seed=recipe.seed + 1)
    return Cached(train), SyntheticPortraits(SYNTHETIC_VALIDATION, recipe.size, seed=0)


def background_source(folder):
    """A cached BackgroundStore of a folder, or None."""
    return Cached(BackgroundStore(list_photos(folder))) if folder else None


def listings_of(sources, values=None):
    """Listings of folders, list files or shards, their masks read by MaskValues.

    Raises PortraitError for one that is missing or empty.
    """
    return [list_pairs(source, values) for source in sources]


def _split(pairs, recipe):
    """(training, validation) of one set."""
    if isinstance(pairs, ShardPairs):
        return _split_end(pairs, recipe)
    held, sides = _held_out_groups(pairs, recipe), ([], [])
    for pair in pairs:
        sides[pair.group in held].append(pair)
    return sides


def _split_end(pairs, recipe):
    """The same of shards, whose order is drawn already, without looking at more than the pairs around the cut."""
    cut = len(pairs) - (max(1, round(recipe.validation * len(pairs))) if len(pairs) > 1 else 0)
    with contextlib.suppress(PortraitError):  # a damaged record has no neighbors
        while 0 < cut < len(pairs) and pairs[cut - 1].group == pairs[cut].group:
            cut -= 1
    return pairs[:cut], pairs[cut:]


def _held_out_groups(pairs, recipe):
    groups = sorted({pair.group for pair in pairs})
    count = max(1, round(recipe.validation * len(groups))) if len(groups) > 1 else 0
    picks = np.random.default_rng(recipe.seed).permutation(len(groups))[:count]
    return {groups[pick] for pick in picks}


def _joined(parts):
    """One sequence of several; only shards stay where they are."""
    if len(parts) == 1:
        return parts[0]
    return Joined(parts) if any(isinstance(part, ShardPairs) for part in parts) else list(itertools.chain(*parts))


class Joined(Sequence):
    """Sequences behind each other, by index."""

    def __init__(self, parts):
        self._parts, self._ends = parts, list(itertools.accumulate(map(len, parts)))

    def __len__(self):
        return self._ends[-1]

    def __getitem__(self, index):
        part = bisect.bisect_right(self._ends, range(len(self))[index])
        return self._parts[part][index - (self._ends[part - 1] if part else 0)]
