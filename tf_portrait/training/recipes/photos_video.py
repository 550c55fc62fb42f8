"""A network that takes the previous mask, for videos that hold still; from shipped weights, on photos alone. Ours.

The fourth channel of the first convolution starts at zero, so that the training starts from what the shipped network
knows. The previous masks are made up (data/previous_mask.py); validation photos get none, a near one and another
photo's by turns, so that the best epoch is neither blind to the mask nor a copy of it.
    python pipelines/train.py --recipe photos_video --data DIR [DIR ...] --backgrounds DIR --val DIR
    python pipelines/train.py --recipe photos_video --init portraitnet_fast --set size=160 --data DIR ...
docs/video.md has what came of it.
"""

import dataclasses

from tf_portrait.training.recipe import Recipe
from tf_portrait.training.recipes.shipped import GENTLE

PHOTOS_VIDEO = Recipe(
    name="photos_video",
    options={"prior": True},
    init="portraitnet",
    objective=GENTLE.objective,
    augmentation=dataclasses.replace(GENTLE.augmentation, turned=0.05, nobody=0.05),
    optimizer="adamw",
    learning_rate=2e-4,
    weight_decay=0.02,
    schedule="cosine",
    warmup_epochs=0.25,
    batch=16,
    steps=250,
    epochs=4,
    ema=0.998,
    blend=(0.5, 0.7, 0.85),
    clip_norm=5.0,
)
