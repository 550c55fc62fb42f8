"""Scoring a segmenter on photos with masks, each at the photo's own size."""

import numpy as np
from tqdm import tqdm

from tf_portrait.data.store import read_pair
from tf_portrait.metrics import SIGMAS, class_miou, edge_iou, main_score


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
