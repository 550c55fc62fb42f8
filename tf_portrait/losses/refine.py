"""BANet's refine loss: near the boundary, the mask's gradients follow the photo's (section 3.3)."""

import numpy as np
from keras import ops

from tf_portrait.losses.pixel import margin

LUMA = np.array([0.299, 0.587, 0.114], "float32")
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], "float32")
RATIO = 1.5  # how much steeper than the photo's the mask's edge may stay without a loss
EPSILON = 1e-6


def gradients(x):
    """Sobel gradients of an image stretched to 0..1: their unit vectors (B, H, W, 2) and lengths (B, H, W).

    x: (B, H, W). The photo's border is repeated outwards.
    """
    x = ops.cast(x, "float32")
    low, high = ops.min(x, axis=(1, 2), keepdims=True), ops.max(x, axis=(1, 2), keepdims=True)
    x = ((x - low) / ops.maximum(high - low, EPSILON))[..., None]
    x = ops.concatenate([x[:, :1], x, x[:, -1:]], axis=1)
    x = ops.concatenate([x[:, :, :1], x, x[:, :, -1:]], axis=2)
    vector = ops.conv(x, np.stack([SOBEL, SOBEL.T], -1)[:, :, None])
    length = ops.sqrt(ops.sum(ops.square(vector), axis=-1) + EPSILON)
    return vector / length[..., None], length


def refine(logits, image, boundary):
    """Mean over the boundary's pixels of half the cosine loss and half the magnitude loss.

    logits: (B, H, W, 2). image: RGB (B, H, W, 3), 0..255. boundary: (B, H, W), 1 near the boundary, else 0.
    Cosine: (1 - |g_image . g_mask|) x the mask's length; magnitude: max(1.5 x the image's length - the mask's, 0).
    The paper leaves open how colors become one channel (luma here) and over what the mean is.
    """
    boundary = ops.maximum(ops.cast(boundary, "float32"), 0.0)
    photo, photo_length = gradients(ops.sum(ops.cast(image, "float32") * LUMA, axis=-1))
    mask, mask_length = gradients(ops.sigmoid(margin(logits)))
    cosine = (1.0 - ops.abs(ops.sum(photo * mask, axis=-1))) * mask_length
    magnitude = ops.relu(RATIO * photo_length - mask_length)
    return ops.sum((0.5 * cosine + 0.5 * magnitude) * boundary) / ops.maximum(ops.sum(boundary), 1.0)
