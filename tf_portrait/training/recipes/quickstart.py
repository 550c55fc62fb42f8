"""From nothing to a working segmenter in minutes: synthetic portraits, a small input, no download.

    python pipelines/train.py
Result: IoU 0.850 on 200 other drawn portraits in under 6 minutes on 2 CPU cores; 0.677 on 145 real ones.
"""

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe

QUICKSTART = Recipe(
    name="quickstart",
    size=128,
    objective=Objective(consistency=2.0, boundary=0.3, jaccard=0.3),
    augmentation=Augmentation(rotation=20.0, translation=0.1),
    optimizer="adamw",
    learning_rate=2e-3,
    weight_decay=0.02,
    schedule="cosine",
    warmup_epochs=0.5,
    batch=16,
    epochs=6,
    steps=60,
    ema=0.99,
    clip_norm=5.0,
)
