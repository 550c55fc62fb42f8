"""PortraitNet as printed: full objective and the three ablations of its Table 1.

Adam, batch 64, coupled L2 5e-4, learning rate 1e-3 x 0.95 every 20 epochs, 2000 epochs (section 4.3). The paper trains
on 1447 portraits of EG1800 with one GTX 1080Ti and prints 96.62 % mean IoU for the full objective, 96.32 M, 96.54 B,
96.57 C. On 2 CPU cores the 2000 epochs would take about three and a half days: 22 steps of 64 two-view samples
an epoch at 9 samples a second. The paper does not say where the encoder starts, ours is ImageNet's; it starts B from a
trained M.
    python pipelines/train.py --recipe portraitnet --data DIR
    python pipelines/train.py --recipe portraitnet_b --data DIR --init runs/portraitnet_m
"""

import dataclasses

from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipe import Recipe

PORTRAITNET = Recipe(
    name="portraitnet",
    options={"preset": "paper", "fuse": "add"},
    init="imagenet",
    objective=OBJECTIVES["full"],
    l2=5e-4,
    learning_rate=1e-3,
    schedule="step",
    decay=0.95,
    decay_epochs=20,
    batch=64,
    epochs=2000,
)
PORTRAITNET_M = dataclasses.replace(PORTRAITNET, name="portraitnet_m", objective=OBJECTIVES["M"])
PORTRAITNET_B = dataclasses.replace(PORTRAITNET, name="portraitnet_b", objective=OBJECTIVES["B"])
PORTRAITNET_C = dataclasses.replace(PORTRAITNET, name="portraitnet_c", objective=OBJECTIVES["C"])
