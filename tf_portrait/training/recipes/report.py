"""The student report's re-run of PortraitNet: 1000 epochs, boundary loss on both views, consistency on both heads.

It prints 94.97 % IoU on 130 held-out photos of EG1800, from a three-way split and the lowest loss.
    python pipelines/train.py --recipe report --data DIR --init imagenet
"""

import dataclasses

from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipes.paper import PORTRAITNET

REPORT = dataclasses.replace(
    PORTRAITNET, name="report", objective=OBJECTIVES["report"], schedule="constant", epochs=1000
)
