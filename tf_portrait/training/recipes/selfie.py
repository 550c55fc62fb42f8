"""MediaPipe's selfie network on photos of your own, from the weights that Google published. Ours.

The file's log-odds reach 1000, which makes every wrong pixel too dear to learn anything else: at a twentieth its
cross-entropy on hand-made masks falls from 1.45 to 0.13, and the mask at 0.5 is the same.
    python pipelines/train.py --recipe selfie --init selfie_segmentation.tflite --data DIR [DIR ...] --backgrounds DIR
"""

import dataclasses

from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.recipes.shipped import GENTLE

SELFIE = Recipe(
    name="selfie",
    network="selfie",
    size=256,
    logit_scale=0.05,
    objective=Objective(jaccard=0.3),
    augmentation=dataclasses.replace(GENTLE.augmentation, turned=0.08, nobody=0.06),
    optimizer="adamw",
    learning_rate=5e-4,
    weight_decay=1e-3,
    schedule="cosine",
    warmup_epochs=0.5,
    batch=16,
    steps=250,
    epochs=10,
    ema=0.999,
    clip_norm=5.0,
    blend=(0.2, 0.4, 0.6, 0.8),
)
