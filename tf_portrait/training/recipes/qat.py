"""Quantization-aware fine-tuning: a few minutes on 2 CPU cores, from a trained network.

Ours: the objective of `photos` with little deformation and a small rate, BatchNorm folded, ranges fixed beforehand.
    python pipelines/quantize_export.py MODEL --data DIR
"""

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.losses import Objective
from tf_portrait.training.recipe import Recipe

QAT = Recipe(
    name="qat",
    objective=Objective(consistency=2.0, jaccard=0.3),
    augmentation=Augmentation(rotation=15.0, resize=(0.8, 1.25), translation=0.1),
    learning_rate=3e-5,
    schedule="cosine",
    batch=8,
    epochs=3,
    steps=40,
    clip_norm=5.0,
)
