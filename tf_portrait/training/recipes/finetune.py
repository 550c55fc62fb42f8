"""A trained network and a few dozen photos of your own: decoder first, then everything, gently. Ours.

python pipelines/train.py --recipe finetune --data DIR --init MODEL.keras
"""

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe

FINETUNE = Recipe(
    name="finetune",
    objective=Objective(consistency=2.0, boundary=0.3, jaccard=0.3),
    augmentation=Augmentation(aspect=1.3, background=0.2),
    optimizer="adamw",
    learning_rate=2e-4,
    weight_decay=0.02,
    schedule="cosine",
    batch=8,
    epochs=15,
    steps=25,
    freeze_epochs=3,
    ema=0.98,
    clip_norm=5.0,
    validation=0.2,
)
