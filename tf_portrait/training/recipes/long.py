"""Towards the shipped weights, from a `short` run: one textured view, the paper's wide deformation.

Ours: two views halve the photos seen in an hour, and on 2 cores more photos pay more than the consistency loss. The
teacher's masks of unlabeled portraits come in as one more data set; see docs/weights.md for the commands.
    python pipelines/train.py --recipe long --data DIR [DIR ...] --val DIR --backgrounds DIR --init runs/short
"""

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe

LONG = Recipe(
    name="long",
    init="imagenet",
    objective=Objective(boundary=0.3, jaccard=0.3),
    augmentation=Augmentation(aspect=1.3, background=0.25, noise=20.0),
    optimizer="adamw",
    learning_rate=1e-3,
    weight_decay=0.02,
    schedule="cosine",
    warmup_epochs=1.0,
    batch=16,
    epochs=35,
    steps=160,
    low_size=160,
    low_fraction=0.6,
    ema=0.999,
    clip_norm=5.0,
)
