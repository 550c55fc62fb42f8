"""The objectives: what a recipe minimizes, as weights on the losses, one term a name."""

import dataclasses

from tf_portrait.losses.band import band_cross_entropy, weighted_cross_entropy
from tf_portrait.losses.consistency import consistency
from tf_portrait.losses.pixel import cross_entropy, focal, soft_jaccard
from tf_portrait.losses.refine import refine


@dataclasses.dataclass(frozen=True)
class Objective:
    """Weights of the terms; zero leaves a term out.

    mask: of the cross-entropy. consistency: alpha of eq. 13; needs both views, so zero also halves the work.
    temperature: T. boundary: lambda of eq. 3 or beta of eq. 13. boundary_on: "second" view (the authors) or "both".
    boundary_consistency: consistency between the boundary heads (student report). jaccard: of soft_jaccard.
    band: lambda of SINet, in a band of band_kernel pixels.
    near: of cross-entropy x nearness to the boundary (ELB). refine: of BANet's refine loss. target: what `boundary` is
    drawn as, of data.targets.boundary_target: "canny", "contour", "adaptive" (BANet) or "distance" (ELB).
    All mask losses are summed over the views.
    """

    mask: float = 1.0
    consistency: float = 0.0
    temperature: float = 1.0
    boundary: float = 0.0
    gamma: float = 2.0
    boundary_on: str = "second"
    boundary_consistency: float = 0.0
    jaccard: float = 0.0
    band: float = 0.0
    band_kernel: int = 15
    near: float = 0.0
    refine: float = 0.0
    target: str = "canny"

    @property
    def views(self):
        """1 if only the textured view is needed."""
        return 2 if self.consistency or self.boundary_consistency or self.boundary_on == "both" else 1

    @property
    def names(self):
        """Names of the terms that __call__ returns, without "total"."""
        return ("mask", *(name for name in _TERMS if name != "mask" and getattr(self, name)))

    def __call__(self, first, second, mask, boundary, image=None):
        """The terms as a dict of scalars, their weighted sum under "total".

        first, second: outputs {"mask", "boundary"} of logits (B, H, W, 2) for A and A'; first is None with one view.
        mask, boundary: (B, H, W), 0..1, -1 to leave a pixel out; a first stage may answer at a fraction of their size.
        image: A', RGB (B, H, W, 3), 0..255, for the refine loss.
        """
        batch = _Batch(first, second, [second] if self.views == 1 else [first, second], mask, boundary, image)
        terms, total = {}, 0.0
        for name in self.names:
            terms[name] = _TERMS[name](self, batch)
            total = total + getattr(self, name) * terms[name]  # never in place: torch would change the term itself
        return {**terms, "total": total}


class _Batch:
    """What the terms are computed from; targets are thinned out to the size of the logits."""

    def __init__(self, first, second, views, mask, boundary, image):
        self.first, self.second, self.views, self.image = first, second, views, image
        self.mask, self.boundary = (_thinned(target, second["mask"]) for target in (mask, boundary))

    def over_views(self, loss, *arguments):
        return sum(loss(view["mask"], self.mask, *arguments) for view in self.views)


def _thinned(target, logits):
    """Every n-th pixel of a target (B, H, W) where the logits have an n-th of its size."""
    if target is None or target.shape[1] == logits.shape[1]:
        return target
    step = target.shape[1] // logits.shape[1]
    return target[:, step // 2 :: step, step // 2 :: step]


def _boundary(objective, batch):
    drawn = batch.views if objective.boundary_on == "both" else [batch.second]
    return sum(focal(view["boundary"], batch.boundary, objective.gamma) for view in drawn)


def _consistency(head):
    return lambda objective, batch: consistency(batch.first[head], batch.second[head], objective.temperature)


# The term of each weight, as a function of the objective and the batch.
_TERMS = {
    "mask": lambda objective, batch: batch.over_views(cross_entropy),
    "jaccard": lambda objective, batch: batch.over_views(soft_jaccard),
    "band": lambda objective, batch: batch.over_views(band_cross_entropy, objective.band_kernel),
    "near": lambda objective, batch: batch.over_views(weighted_cross_entropy, batch.boundary),
    "boundary": _boundary,
    "consistency": _consistency("mask"),
    "boundary_consistency": _consistency("boundary"),
    "refine": lambda objective, batch: refine(batch.second["mask"], batch.image, batch.boundary),
}

# M: mask only (eq. 1). B: with the boundary (eq. 3). C: with the consistency. full: eq. 13.
OBJECTIVES = {
    "M": Objective(),
    "B": Objective(boundary=0.1),
    "C": Objective(consistency=2.0),
    "full": Objective(consistency=2.0, boundary=0.3),
    "report": Objective(consistency=2.0, boundary=0.3, boundary_on="both", boundary_consistency=2.0),
    # SINet prints no lambda; 0.5 and the 5 pixels at an eighth of the size are the authors' code.
    "sinet": Objective(band=0.5),
    "sinet_encoder": Objective(band=0.5, band_kernel=5),
    "elb": Objective(near=1.0, target="distance"),
    # BANet's phases: its attention map learns the boundary by plain cross-entropy (gamma 0).
    "banet": Objective(mask=0.6, boundary=0.3, gamma=0.0, target="adaptive"),
    "banet_refine": Objective(mask=0.6, boundary=0.3, gamma=0.0, refine=0.1, target="adaptive"),
}
