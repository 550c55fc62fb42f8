"""The objectives: what a recipe minimizes, as weights on the losses, one term a name."""

import dataclasses

from tf_portrait.losses.consistency import consistency
from tf_portrait.losses.pixel import cross_entropy, focal, soft_jaccard


@dataclasses.dataclass(frozen=True)
class Objective:
    """Weights of the terms; zero leaves a term out.

    consistency: alpha of eq. 13; needs both views, so zero also halves the work. temperature: T.
    boundary: lambda of eq. 7 or beta of eq. 13. boundary_on: "second" view (the authors) or "both".
    boundary_consistency: consistency between the boundary heads (student report). reduction: see consistency().
    jaccard: weight of soft_jaccard, on each view that has a mask loss.
    """

    consistency: float = 0.0
    temperature: float = 1.0
    reduction: str = "per_pixel"
    boundary: float = 0.0
    gamma: float = 2.0
    boundary_on: str = "second"
    boundary_consistency: float = 0.0
    jaccard: float = 0.0

    @property
    def views(self):
        """1 if only the textured view is needed."""
        return 2 if self.consistency or self.boundary_consistency or self.boundary_on == "both" else 1

    def __call__(self, first, second, mask, boundary):
        """The terms as a dict of scalars, their weighted sum under "total".

        first, second: outputs {"mask", "boundary"} of logits (B, H, W, 2) for A and A'; first is None with one view.
        mask, boundary: (B, H, W), 0..1.
        """
        views = [second] if self.views == 1 else [first, second]
        terms = {"mask": sum(cross_entropy(view["mask"], mask) for view in views)}
        total = terms["mask"]  # never added to in place: torch would change the term itself
        if self.jaccard:
            terms["jaccard"] = sum(soft_jaccard(view["mask"], mask) for view in views)
            total = total + self.jaccard * terms["jaccard"]
        if self.boundary:
            drawn = views if self.boundary_on == "both" else [second]
            terms["boundary"] = sum(focal(view["boundary"], boundary, self.gamma) for view in drawn)
            total = total + self.boundary * terms["boundary"]
        for name, head, weight in (
            ("consistency", "mask", self.consistency),
            ("boundary_consistency", "boundary", self.boundary_consistency),
        ):
            if weight:
                terms[name] = consistency(first[head], second[head], self.temperature, self.reduction)
                total = total + weight * terms[name]
        return {**terms, "total": total}

    @property
    def names(self):
        """Names of the terms that __call__ returns, without "total"."""
        weights = {
            "jaccard": self.jaccard,
            "boundary": self.boundary,
            "consistency": self.consistency,
            "boundary_consistency": self.boundary_consistency,
        }
        return ("mask", *(name for name, weight in weights.items() if weight))


# M: mask only (eq. 3). B: with the boundary (eq. 7). C: with the consistency. full: eq. 13.
OBJECTIVES = {
    "M": Objective(),
    "B": Objective(boundary=0.1),
    "C": Objective(consistency=2.0),
    "full": Objective(consistency=2.0, boundary=0.3),
    "report": Objective(consistency=2.0, boundary=0.3, boundary_on="both", boundary_consistency=2.0),
}
