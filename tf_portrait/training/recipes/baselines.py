"""The networks that the papers compare theirs with, each with the settings of the paper that prints its row.

From random weights and with cross-entropy alone: Keras has ImageNet's for none of these encoders, and no paper says
that a baseline had another loss. DeepLabv3+ is SINet's teacher. What the papers print: docs/papers.md.
    python pipelines/train.py --recipe enet --data DIR
"""

import dataclasses

from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.recipes.banet import BANET
from tf_portrait.training.recipes.elb import ELB
from tf_portrait.training.recipes.paper import PORTRAITNET
from tf_portrait.training.recipes.sinet import SINET

ROWS = (
    # recipe, settings of, network, options
    ("enet", PORTRAITNET, "enet", {}),
    ("portraitfcn", PORTRAITNET, "portraitfcn", {}),
    ("bisenet_portraitnet", PORTRAITNET, "bisenet_portraitnet", {}),
    ("espnet", SINET, "espnet", {}),
    ("ds_espnet", SINET, "espnet", {"separable": True}),
    ("ds_espnet_half", SINET, "espnet", {"separable": True, "width": 0.5}),
    ("espnetv2", SINET, "espnetv2", {}),
    ("espnetv2_15", SINET, "espnetv2", {"width": 1.5}),
    ("contextnet", SINET, "contextnet", {}),
    ("mobilenetv3", SINET, "mobilenetv3", {}),
    ("deeplabv3plus", SINET, "deeplabv3plus", {}),
    ("erfnet", ELB, "erfnet", {}),
    ("icnet", ELB, "icnet", {}),
    ("edanet", BANET, "edanet", {}),
    ("unet", BANET, "unet", {}),
    ("fastscnn", SINET, "fastscnn", {}),
)
BASELINES = tuple(
    dataclasses.replace(paper, name=name, network=network, options=options, init="", objective=OBJECTIVES["M"])
    for name, paper, network, options in ROWS
)
