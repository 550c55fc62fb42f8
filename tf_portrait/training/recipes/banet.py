"""BANet as printed, in two phases of 40,000 steps: without the refine loss on many photos, then with it on fine ones.

SGD with momentum, at most 0.1, L2 1e-4, batch 16, 512 px; rotation by 45 degrees, flips, lightness 0.7 to 1.3 (section
4.1). The warm-up is shown in a figure alone: ours takes an eighth of the steps and falls along a cosine. The paper
prints 95.80 % mIoU for BANet-64, 96.13 % for BANet-512 (--set options.channels=512).
    python pipelines/train.py --recipe banet --data MANY --out runs/banet
    python pipelines/train.py --recipe banet_refine --data FINE --init runs/banet
"""

import dataclasses

from tf_portrait.data.augmentation import FLIPS
from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipe import Recipe

BANET = Recipe(
    name="banet",
    network="banet",
    size=512,
    objective=OBJECTIVES["banet"],
    augmentation=dataclasses.replace(FLIPS, rotation=45.0, brightness=(0.7, 1.3)),
    optimizer="sgd",
    learning_rate=0.1,
    l2=1e-4,
    schedule="cosine",
    warmup_epochs=10.0,
    batch=16,
    epochs=80,
    steps=500,
)
BANET_REFINE = dataclasses.replace(BANET, name="banet_refine", objective=OBJECTIVES["banet_refine"])
