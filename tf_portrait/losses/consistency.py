"""The dual-image consistency loss: what the network says of A', held against what it says of A."""

from keras import ops

from tf_portrait.losses.pixel import margin


def consistency(teacher, student, temperature=1.0, reduction="per_pixel"):
    """KL(teacher || student) with temperature, no gradient into the teacher (PortraitNet eq. 6, 9).

    teacher, student: logits (B, H, W, 2) of the plain and of the textured view.
    reduction: "per_pixel" sums over the classes and averages over pixels (the paper); "all_elements" averages over
    the classes too, which is half of it (the authors' code). Returns a scalar, scaled by temperature squared.
    """
    if reduction not in ("per_pixel", "all_elements"):
        raise ValueError(f"reduction={reduction!r}; use per_pixel or all_elements")
    t = ops.stop_gradient(margin(teacher)) / temperature
    s = margin(student) / temperature
    q = ops.sigmoid(t)
    # log q - log q' of class 1, and of class 0
    person = ops.softplus(-s) - ops.softplus(-t)
    background = ops.softplus(s) - ops.softplus(t)
    kl = ops.mean(q * person + (1.0 - q) * background) * temperature**2
    return kl if reduction == "per_pixel" else kl / 2.0
