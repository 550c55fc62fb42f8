"""Between the start and the trained weights: their weighted mean, the share chosen on held-out photos.

Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022: a mean of both keeps what the start knows of
photos that the training had none of. It works for a network that was trained from that start, not for any two.
"""

import numpy as np

from tf_portrait.inference.probability import probability_model
from tf_portrait.models import build
from tf_portrait.models.archive import BEST, load_model, save_model
from tf_portrait.models.start import scale_logits, start_weights


def blended(start, trained, share):
    """Lists of arrays: (1 - share) x start + share x trained."""
    return [(1 - share) * np.asarray(a) + share * np.asarray(b) for a, b in zip(start, trained, strict=True)]


def choose_blend(recipe, run, validation):
    """Puts the best mean of recipe.init's weights and best.keras into best.keras, and the share into its card.

    Tried: the shares of recipe.blend and the trained weights as they are. Returns {share: validation IoU}; {} where
    that has been done before.
    """
    network, card = load_model(run.path(BEST))
    if "blend" in card:
        return {}
    trained, start = network.get_weights(), build(recipe.network, size=recipe.size, **recipe.options)
    start_weights(start, recipe.init)
    scale_logits(start, recipe.logit_scale)
    judge, found = probability_model(network, recipe.size), {}
    for share in sorted({*recipe.blend, 1.0}):
        network.set_weights(blended(start.get_weights(), trained, share))
        found[share] = validation.iou(judge)
        print(f"{share:.0%} of the way from {recipe.init}: validation IoU {found[share]:.4f}", flush=True)
    best = max(found, key=found.get)
    network.set_weights(blended(start.get_weights(), trained, best))
    save_model(run.path(BEST), network, {**card, "blend": best, "validation_iou": found[best]})
    return found
