"""BiSeNet as PortraitNet's authors trained it, and BiSeNet+ with PortraitNet's two auxiliary losses (their Table 4).

All settings are PortraitNet's; but ResNet-18 starts from random weights, as Keras has none of ImageNet for it. The
paper prints 95.25 % and 95.55 % mean IoU on EG1800 at 224 px.
    python pipelines/train.py --recipe bisenet --data DIR
"""

import dataclasses

from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipes.paper import PORTRAITNET

BISENET_PLUS = dataclasses.replace(PORTRAITNET, name="bisenet_plus", network="bisenet", options={}, init="")
BISENET = dataclasses.replace(BISENET_PLUS, name="bisenet", objective=OBJECTIVES["M"])
