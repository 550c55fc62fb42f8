"""How still masks hold in a video."""

import itertools

import numpy as np

from tf_portrait.metrics.iou import portrait_iou

STILL = 4  # gray levels: a pixel that changes less from frame to frame has not moved


def flicker_index(frames, alphas, truths=None):
    """Mean change of the alpha where the picture itself stays the same, per pixel and frame; 0 is calm.

    frames: sequence of (H, W, 3) uint8. alphas: as many (H, W) float arrays in 0..1, of one size, any size.
    Motion is no flicker: only pixels whose frames differ by less than STILL gray levels from one to the next count and,
    where truths are given, as many (H, W) uint8 masks, only those whose true mask does not change: plain cloth that
    moves looks still. Ours; the idea is that of warping errors (Lai et al., "Learning Blind Video Temporal
    Consistency", ECCV 2018), with the motion left out in place of undone.
    """
    changes = flicker_curve(frames, alphas, truths)
    known = changes[np.isfinite(changes)]
    return float(known.mean()) if len(known) else 0.0


def flicker_curve(frames, alphas, truths=None):
    """The same from each frame to the next: (frames - 1,); NaN where all of the picture changes."""
    frames, alphas = list(frames), list(alphas)
    if len(frames) != len(alphas) or len(frames) < 2:
        raise ValueError(f"needs two or more frames with as many alphas, not {len(frames)} and {len(alphas)}")
    changes = []
    for now in range(1, len(frames)):
        still = np.abs(frames[now].astype(np.int16) - frames[now - 1]).max(axis=2) < STILL
        if truths is not None:
            still &= truths[now] == truths[now - 1]
        change = np.abs(np.asarray(alphas[now]) - alphas[now - 1])[still]
        changes.append(change.mean() if change.size else np.nan)
    return np.array(changes)


def dtssd(alphas, truths):
    """Root of the mean squared difference between the changes of alpha and of the truth, frame to frame; 0 is best.

    alphas, truths: as many (H, W) float arrays in 0..1. Erofeev et al., "Perceptually Motivated Benchmark for Video
    Matting", BMVC 2015, there called dtSSD: a mask that moves with the person is not punished, one that trembles or
    lags is. The mean over pixels here, not their sum.
    """
    alphas, truths = (np.asarray(list(masks), np.float32) for masks in (alphas, truths))
    if alphas.shape != truths.shape or len(alphas) < 2:
        raise ValueError(f"needs two or more masks with as many true ones, not {alphas.shape} and {truths.shape}")
    difference = np.diff(alphas, axis=0) - np.diff(truths, axis=0)
    return float(np.mean(np.sqrt(np.mean(difference**2, axis=(1, 2)))))


def temporal_iou_difference(masks, truths):
    """Mean difference between the IoU of a mask with the one before and the same of the truth; 0 is best.

    masks, truths: as many boolean (H, W) arrays. A mask that changes more than the person did, or less, has it.
    """
    masks, truths = list(masks), list(truths)
    if len(masks) != len(truths) or len(masks) < 2:
        raise ValueError(f"needs two or more masks with as many true ones, not {len(masks)} and {len(truths)}")
    kept, wanted = ([portrait_iou(*pair) for pair in itertools.pairwise(of)] for of in (masks, truths))
    return float(np.mean(np.abs(np.subtract(kept, wanted))))


def settling_frames(ious, start, slack=0.01):
    """Frames after a motion until the IoU is what it stays at: the lag, 0 where the first still frame is right.

    ious: of each frame. start: index of the first frame after the motion. It stays at the median of the last half of
    what follows; within `slack` of it counts.
    """
    after = np.asarray(ious)[start:]
    if len(after) < 2:
        raise ValueError(f"start={start} leaves {len(after)} of {len(ious)} frames; two are needed")
    good = after >= np.median(after[len(after) // 2 :]) - slack
    return int(np.argmax(good)) if good.any() else len(after)
