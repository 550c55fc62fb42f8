"""Loss functions and the papers' objectives, all in keras.ops."""

from tf_portrait.losses.consistency import consistency
from tf_portrait.losses.objectives import OBJECTIVES, Objective
from tf_portrait.losses.pixel import cross_entropy, focal, soft_jaccard

__all__ = ["OBJECTIVES", "Objective", "consistency", "cross_entropy", "focal", "soft_jaccard"]
