"""Losses per pixel on two logits, averaged over batch and pixels; a target of -1 leaves its pixel out.

A softmax over two classes depends on their difference alone, so everything here is computed from
margin = person - background: softplus(-margin) is -log p(person), softplus(margin) is -log p(background).
"""

import numpy as np
from keras import ops


def margin(logits):
    """(B, H, W, 2) -> (B, H, W): the log-odds of class 1, in float32. (B, H, W, 1) are log-odds already."""
    logits = ops.cast(logits, "float32")
    if logits.shape[-1] == 1:
        return ops.squeeze(logits, -1)
    # A product and not two slices: TensorFlow's gradient of a strided slice is slow on a CPU.
    return ops.squeeze(ops.matmul(logits, np.array([[-1.0], [1.0]], "float32")), -1)


def cross_entropy_map(m, target):
    """-log p of the target for each pixel; m: margin, target: 0..1, both (B, H, W)."""
    return target * ops.softplus(-m) + (1.0 - target) * ops.softplus(m)


def counted(target):
    """1 where a pixel counts, 0 where its target is negative, which is to be ignored. (B, H, W), float32."""
    return ops.cast(target >= 0, "float32")


def mean_of_counted(values, target):
    """Mean of values (B, H, W) over the pixels that count; 0 without any."""
    counts = counted(target)
    return ops.sum(values * counts) / ops.maximum(ops.sum(counts), 1.0)


def cross_entropy(logits, target):
    """Softmax cross-entropy (PortraitNet eq. 1, 4).

    logits: (B, H, W, 2). target: (B, H, W), 0..1; soft labels are taken as probabilities. Returns a scalar.
    """
    target = ops.cast(target, "float32")
    return mean_of_counted(cross_entropy_map(margin(logits), target), target)


def focal(logits, target, gamma=2.0, detach=True):
    """Focal loss without class balancing (PortraitNet eq. 2).

    logits: (B, H, W, 2). target: (B, H, W), 0 or 1. detach: no gradient through the weight (1 - p)^gamma, as in the
    authors' code. gamma=0 is cross_entropy. Returns a scalar.
    """
    target = ops.cast(target, "float32")
    nll = cross_entropy_map(margin(logits), ops.maximum(target, 0.0))
    weight = (1.0 - ops.exp(-nll)) ** gamma
    return mean_of_counted((ops.stop_gradient(weight) if detach else weight) * nll, target)


def soft_jaccard(logits, target):
    """1 - IoU with probabilities in place of labels, per image, averaged: the metric itself, made smooth.

    logits: (B, H, W, 2). target: (B, H, W), 0..1. Returns a scalar in 0..1. Ours, in no recipe of the paper.
    """
    target = ops.cast(target, "float32")
    p = ops.sigmoid(margin(logits)) * counted(target)
    target = ops.maximum(target, 0.0)
    both = ops.sum(p * target, axis=(1, 2))
    either = ops.sum(p + target - p * target, axis=(1, 2))
    return 1.0 - ops.mean((both + 1.0) / (either + 1.0))
