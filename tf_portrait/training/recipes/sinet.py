"""SINet as printed, in two stages: the encoder at an eighth of the size, then the whole network from the best encoder.

Adam 7.5e-3, L2 2e-4, batch 36 and then 24, 300 epochs each, PortraitNet's augmentation (section 4). The learning rate
halves at 1/2 and 5/6 of the epochs and the band counts half, as in the authors' code. The paper prints 94.81 % mean IoU
(foreground) on EG1800, 95.29 % with 10,448 more photos.
    python pipelines/train.py --recipe sinet_encoder --data DIR --out runs/sinet_encoder
    python pipelines/train.py --recipe sinet --data DIR --init runs/sinet_encoder
"""

import dataclasses

from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipe import Recipe

SINET_ENCODER = Recipe(
    name="sinet_encoder",
    network="sinet",
    options={"stage": "encoder"},
    objective=OBJECTIVES["sinet_encoder"],
    learning_rate=7.5e-3,
    l2=2e-4,
    schedule="milestones",
    decay=0.5,
    batch=36,
    epochs=300,
)
SINET = dataclasses.replace(SINET_ENCODER, name="sinet", options={}, objective=OBJECTIVES["sinet"], batch=24)
