"""Towards the shipped weights, from a `long` run: larger batches, and the faults of phones in the augmentation. Ours.

The run behind the shipped weights took its first 9 epochs at 128 px and went on at 160 from there; docs/weights.md.
    python pipelines/train.py --recipe longer --data DIR [DIR ...] --val DIR --backgrounds DIR --init runs/long
"""

import dataclasses

from tf_portrait.training.recipes.long import LONG

LONGER = dataclasses.replace(
    LONG,
    name="longer",
    augmentation=dataclasses.replace(LONG.augmentation, background=0.35, degrade=0.2),
    batch=32,
    epochs=32,
    low_fraction=0.66,
)
