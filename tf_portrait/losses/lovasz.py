"""The Lovasz hinge: IoU itself, extended to real-valued answers (Berman et al., CVPR 2018); an option of SINet."""

from keras import ops

from tf_portrait.losses.pixel import counted, margin


def lovasz_hinge(logits, mask):
    """Mean over the images of the Lovasz extension of 1 - IoU at the hinge errors.

    logits: (B, H, W, 2). mask: (B, H, W), 0 or 1 (-1: ignored). Returns a scalar; its gradient goes through the errors alone.
    """
    m, counts = margin(logits), counted(mask)
    mask = ops.cast(mask > 0.5, "float32")
    pixels = m.shape[1] * m.shape[2]
    m, mask = ops.reshape(m, (-1, pixels)), ops.reshape(mask, (-1, pixels))
    errors = 1.0 - m * (2.0 * mask - 1.0)
    # The error of an ignored pixel is so small that it comes last and its hinge is zero.
    errors = ops.where(ops.reshape(counts, (-1, pixels)) > 0, errors, -1e9)
    order = ops.argsort(-errors, axis=1)
    errors, mask = ops.take_along_axis(errors, order, axis=1), ops.take_along_axis(mask, order, axis=1)
    return ops.mean(ops.sum(ops.relu(errors) * ops.stop_gradient(_steps(mask)), axis=1))


def _steps(mask):
    """By how much each pixel, the worst first, adds to 1 - IoU once it counts as wrong. (B, N) -> (B, N)."""
    person = ops.sum(mask, axis=1, keepdims=True)
    both = person - ops.cumsum(mask, axis=1)
    either = person + ops.cumsum(1.0 - mask, axis=1)
    loss = 1.0 - both / ops.maximum(either, 1.0)
    return ops.concatenate([loss[:, :1], loss[:, 1:] - loss[:, :-1]], axis=1)
