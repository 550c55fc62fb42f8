"""The log of how the shipped weights were made: five trainings, each from the one before. Ours.

Not recipes for use: what they taught is in `photos`. docs/weights.md has the commands, and what was cut short.
    shipped_wide          from `photos`: one view, wide deformation, unlabeled portraits by a teacher
    shipped_phone_faults  larger batches; exposure, casts, soft focus and JPEG of phones
    shipped_gentle        less deformation, smaller batches: the network was short of steps, it had not overfitted
    shipped_distilled     labels half hand-made, half a teacher's (distillation): by then it had overfitted
    shipped_distilled_160 the same at 160 px, from shipped_gentle: the fast one
"""

import dataclasses

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe

WIDE = Recipe(
    name="shipped_wide",
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
PHONE_FAULTS = dataclasses.replace(
    WIDE,
    name="shipped_phone_faults",
    augmentation=dataclasses.replace(WIDE.augmentation, background=0.35, degrade=0.2),
    batch=32,
    epochs=32,
    low_fraction=0.66,
)
GENTLE = dataclasses.replace(
    PHONE_FAULTS,
    name="shipped_gentle",
    augmentation=dataclasses.replace(
        PHONE_FAULTS.augmentation,
        rotation=20.0,
        resize=(0.8, 1.25),
        translation=0.1,
        aspect=1.2,
        background=0.2,
        degrade=0.15,
    ),
    learning_rate=3e-4,
    warmup_epochs=0.25,
    batch=16,
    steps=320,
    epochs=9,
    low_size=None,
)
DISTILLED = dataclasses.replace(
    GENTLE,
    name="shipped_distilled",
    augmentation=dataclasses.replace(GENTLE.augmentation, degrade=0.3),
    learning_rate=4e-4,
    epochs=23,
)
DISTILLED_160 = dataclasses.replace(DISTILLED, name="shipped_distilled_160", size=160, epochs=15)
SHIPPED = (WIDE, PHONE_FAULTS, GENTLE, DISTILLED, DISTILLED_160)
