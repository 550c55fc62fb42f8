"""Cross-entropy where it matters: in a band along the boundary (SINet), or the more the nearer to it (ELB)."""

from keras import ops

from tf_portrait.losses.pixel import counted, cross_entropy_map, margin, mean_of_counted


def band(mask, kernel):
    """1 where a kernel x kernel window sees both classes (dilation - erosion), else 0.

    mask: (B, H, W), 0 or 1. kernel: odd, in pixels. Returns (B, H, W).
    """
    return _dilated(mask, kernel) + _dilated(1.0 - mask, kernel) - 1.0


def band_cross_entropy(logits, mask, kernel=15):
    """Mean cross-entropy over the band's pixels (SINet section 3.3); 0 without a boundary.

    logits: (B, H, W, 2). mask: (B, H, W), 0 or 1 (-1: ignored). Returns a scalar.
    """
    counts, mask = counted(mask), ops.cast(mask > 0.5, "float32")
    inside = band(mask, kernel) * counts
    return ops.sum(inside * cross_entropy_map(margin(logits), mask)) / ops.maximum(ops.sum(inside), 1.0)


def weighted_cross_entropy(logits, mask, weight):
    """Mean of weight x cross-entropy over all pixels (ELB section 2.2 is cross_entropy + this, weight being g).

    logits: (B, H, W, 2). mask, weight: (B, H, W). Returns a scalar.
    """
    mask = ops.cast(mask, "float32")
    return mean_of_counted(ops.cast(weight, "float32") * cross_entropy_map(margin(logits), mask), mask)


def _dilated(mask, kernel):
    """Row by row, then column by column: 2 kernel comparisons a pixel where a square window needs kernel squared."""
    x = ops.cast(mask, "float32")[..., None]
    for window in ((kernel, 1), (1, kernel)):
        x = ops.max_pool(x, window, 1, "same")
    return x[..., 0]
