"""From shipped weights on: labels half hand-made, half the mean of several teachers, on everything there is. Ours.

python pipelines/pseudo_label.py DIR --soften 0.3 --teacher portraitnet selfie_segmentation.tflite --out SOFT
python pipelines/train.py --recipe distilled --data SOFT [SOFT ...] --backgrounds DIR --init portraitnet
"""

import dataclasses

from tf_portrait.training.recipes.shipped import DISTILLED as SHIPPED_DISTILLED

DISTILLED = dataclasses.replace(
    SHIPPED_DISTILLED,
    name="distilled",
    augmentation=dataclasses.replace(SHIPPED_DISTILLED.augmentation, turned=0.08, nobody=0.06),
    learning_rate=3e-4,
    steps=250,
    epochs=4,
    ema=0.998,
    blend=(0.5, 0.7, 0.85),
)
