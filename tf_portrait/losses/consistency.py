"""The dual-image consistency loss: what the network says of A', held against what it says of A."""

from keras import ops

from tf_portrait.losses.pixel import margin


def consistency(teacher, student, temperature=1.0):
    """KL(teacher || student) with temperature, no gradient into the teacher (PortraitNet eq. 6, 9).

    teacher, student: logits (B, H, W, 2) of the plain and of the textured view. Summed over the classes, averaged over
    the pixels (the authors' code averages over the classes too, which is half of it). Returns a scalar, scaled by
    temperature squared.
    """
    t = ops.stop_gradient(margin(teacher)) / temperature
    s = margin(student) / temperature
    q = ops.sigmoid(t)
    # log q - log q' of class 1, and of class 0
    person = ops.softplus(-s) - ops.softplus(-t)
    background = ops.softplus(s) - ops.softplus(t)
    return ops.mean(q * person + (1.0 - q) * background) * temperature**2
