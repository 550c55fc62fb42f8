"""From what the user names to what the loop takes: training source, weights, validation, backgrounds."""

import re

import numpy as np

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.store import BackgroundStore, Cached, PhotoStore
from tf_portrait.errors import PortraitError

SYNTHETIC_VALIDATION = 200
_SAME_PHOTO = re.compile(r"^(.*\d)[a-z]$")


def training_pairs(listings, recipe, held_out):
    """The pairs of all listings as (training, validation, weight of each training pair).

    held_out: whether recipe.validation of them is kept for validation; photos named alike but for a letter behind a
    number (0012a, 0012b: two crops of one photo) stay together.
    """
    weights = recipe.data_weights or (1.0,) * len(listings)
    if len(weights) != len(listings):
        raise PortraitError(
            f"--set data_weights={','.join(map(str, weights))} has {len(weights)} values for {len(listings)} data sets"
        )
    train, validation, train_weights = [], [], []
    for listing, weight in zip(listings, weights, strict=True):
        held = _held_out_groups(listing.pairs, recipe) if held_out else set()
        for pair in listing.pairs:
            if _group(pair) in held:
                validation.append(pair)
            else:
                train.append(pair)
                train_weights.append(weight)
    if held_out and not (train and validation):
        raise PortraitError(f"{listings[0].source}: too few photos to hold {recipe.validation:.0%} out; give --val DIR")
    return train, validation, train_weights if recipe.data_weights else None


def photo_source(pairs):
    """A cached PhotoStore of pairs, for training."""
    return Cached(PhotoStore(pairs, replace=True))


def synthetic_sources(recipe):
    """Training and validation portraits that are drawn, not photographed."""
    train = SyntheticPortraits(recipe.synthetic, recipe.size, seed=recipe.seed + 1)
    return Cached(train), SyntheticPortraits(SYNTHETIC_VALIDATION, recipe.size, seed=0)


def background_source(folder):
    """A cached BackgroundStore of a folder, or None."""
    return Cached(BackgroundStore(list_photos(folder))) if folder else None


def listings_of(sources, values=None):
    """Listings of folders or list files, their masks read by MaskValues.

    Raises PortraitError for one that is missing or empty.
    """
    return [list_pairs(source, values) for source in sources]


def _held_out_groups(pairs, recipe):
    groups = sorted({_group(pair) for pair in pairs})
    count = max(1, round(recipe.validation * len(groups))) if len(groups) > 1 else 0
    picks = np.random.default_rng(recipe.seed).permutation(len(groups))[:count]
    return {groups[pick] for pick in picks}


def _group(pair):
    match = _SAME_PHOTO.match(pair.image.stem)
    return match.group(1) if match else pair.image.stem
