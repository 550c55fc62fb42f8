"""Loss functions and the papers' objectives, all in keras.ops."""

from tf_portrait.losses.band import band, band_cross_entropy, weighted_cross_entropy
from tf_portrait.losses.consistency import consistency
from tf_portrait.losses.objectives import OBJECTIVES, Objective
from tf_portrait.losses.pixel import cross_entropy, focal, soft_jaccard
from tf_portrait.losses.refine import refine

__all__ = [
    "OBJECTIVES",
    "Objective",
    "band",
    "band_cross_entropy",
    "consistency",
    "cross_entropy",
    "focal",
    "refine",
    "soft_jaccard",
    "weighted_cross_entropy",
]
