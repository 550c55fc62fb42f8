"""ELB as printed: Adam 5e-4 x 0.9 per epoch, L2 1e-4, batch 16, 100 epochs at 512 px.

Pixels weigh the more the nearer to the boundary; flips, contrast and brightness between 0.8 and 1.2 (section 4.1). The
paper prints 94.9 % class mIoU on its PFCN set, 93.7 % with channels decreased by 4 (--set options.decrease=4).
    python pipelines/train.py --recipe elb --data DIR
"""

import dataclasses

from tf_portrait.data.augmentation import FLIPS
from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipe import Recipe

ELB = Recipe(
    name="elb",
    network="elb",
    size=512,
    objective=OBJECTIVES["elb"],
    augmentation=dataclasses.replace(FLIPS, brightness=(0.8, 1.2), contrast=(0.8, 1.2)),
    learning_rate=5e-4,
    l2=1e-4,
    schedule="step",
    decay=0.9,
    decay_epochs=1,
    batch=16,
    epochs=100,
)
