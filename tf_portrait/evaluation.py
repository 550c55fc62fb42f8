"""Scoring a segmenter on photos with masks, each at the photo's own size."""

import numpy as np
from tqdm import tqdm

from tf_portrait.data.store import read_pair
from tf_portrait.metrics import SIGMAS, boundary_f1, class_miou, edge_iou, portrait_iou

BAND_AT_224 = 15  # SINet's band; it grows with the photo


def band_width(shape):
    """The odd kernel that is 15 pixels where the longest side is 224."""
    return 2 * int(BAND_AT_224 * max(shape) / 224 / 2) + 1


def main_score(alpha, mask, threshold=0.5):
    """{"iou", "boundary_f1"} of one photo, which comparisons show. alpha: (H, W) in 0..1. mask: (H, W) uint8."""
    pred, true = np.asarray(alpha) > threshold, mask > 127
    return {"iou": portrait_iou(pred, true), "boundary_f1": boundary_f1(pred, true, band_width(true.shape))}


def score(alpha, mask, threshold=0.5):
    """All metrics of one photo, main_score's among them. Returns {name: value}."""
    pred, true = np.asarray(alpha) > threshold, mask > 127
    scores = main_score(alpha, mask, threshold) | {"class_miou": class_miou(pred, true)}
    scores |= {f"edge_iou_{sigma}": edge_iou(pred, true, sigma) for sigma in SIGMAS}
    return scores | {"edge_iou_3_symmetric": edge_iou(pred, true, 3, mode="symmetric")}


def evaluate(segment, pairs, threshold=0.5, progress=True):
    """Scores segment(rgb) -> alpha (H, W) on pairs of photo and mask.

    Returns {"mean": {metric: value}, "photos": [{"photo": name, metric: value, ..}, ..]}, in the order of the pairs.
    Raises PortraitError for a pair that cannot be read.
    """
    photos = []
    for pair in tqdm(pairs, desc="evaluating", unit="photo", disable=not progress):
        rgb, mask = read_pair(pair)
        photos.append({"photo": str(pair.image), **score(segment(rgb), mask, threshold)})
    names = [name for name in photos[0] if name != "photo"]
    return {"mean": {name: float(np.mean([p[name] for p in photos])) for name in names}, "photos": photos}


def format_means(result):
    """The means as text, each metric named with its definition."""
    mean = result["mean"]
    edges = "  ".join(f"{sigma}: {mean[f'edge_iou_{sigma}']:.4f}" for sigma in SIGMAS)
    return "\n".join(
        [
            f"photos                          {len(result['photos'])}",
            f"IoU (mean per photo)            {mean['iou']:.4f}",
            f"class mIoU (with background)    {mean['class_miou']:.4f}",
            f"boundary F1 (15 px at 224)      {mean['boundary_f1']:.4f}",
            f"edge IoU, paper, sigma          {edges}",
            f"edge IoU, symmetric, sigma 3    {mean['edge_iou_3_symmetric']:.4f}",
        ]
    )
