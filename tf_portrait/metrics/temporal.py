"""How much a mask flickers in a video."""

import numpy as np


def flicker_index(frames, alphas):
    """Mean change of the alpha where the picture itself stays the same, per pixel and frame; 0 is calm.

    frames: sequence of (H, W, 3) uint8. alphas: as many (H, W) float arrays in 0..1, of one size, any size.
    Motion is no flicker: only pixels whose frames differ by less than 4 gray levels from one to the next count.
    """
    frames, alphas = list(frames), list(alphas)
    if len(frames) != len(alphas) or len(frames) < 2:
        raise ValueError(f"needs two or more frames with as many alphas, not {len(frames)} and {len(alphas)}")
    changes = []
    for before, after, alpha_before, alpha_after in zip(frames, frames[1:], alphas, alphas[1:], strict=False):
        still = np.abs(before.astype(np.int16) - after).max(axis=2) < 4
        if still.any():
            changes.append(np.abs(np.asarray(alpha_after) - alpha_before)[still].mean())
    return float(np.mean(changes)) if changes else 0.0
