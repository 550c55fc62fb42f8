"""Scoring a segmenter on photos with masks, each at the photo's own size."""

import os

import numpy as np
from tqdm import tqdm

from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import mask_values as parse_values
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.metrics import METRICS, SIGMAS, photo_scores


def evaluate(model, data, *, mask_values=(), ignore=(), threshold=None, metrics=METRICS, progress=True) -> dict:
    """Scores a model on photos with masks, each at its own size.

    model: a Segmenter, or what Segmenter takes (a name, a .keras, a run folder, a .tflite), or any function of rgb
    (H, W, 3) uint8 to alpha (H, W) in 0..1. data: a folder with images/ and masks/, a list file, or pairs of
    data.folder.list_pairs. mask_values, ignore: what the values of the masks mean, as on the command line.
    threshold: above which alpha is the person; None takes the model's own. metrics: of metrics.METRICS.
    Returns {"mean": {metric: value}, "photos": [{"photo": path, metric: value, ..}, ..], "unreadable": [reason, ..]}.
    Ignored pixels of the masks are left out.
    Raises PortraitError if there is no photo with a mask that can be read.
    """
    segment = model if callable(model) else Segmenter(model)
    if isinstance(data, str | os.PathLike):
        data = list_pairs(data, parse_values(mask_values, ignore)).pairs
    threshold = threshold_of(segment) if threshold is None else threshold
    photos, unreadable = [], []
    for pair, rgb, mask in readable(data, unreadable, "evaluating", progress):
        photos.append({"photo": str(pair.image), **photo_scores(segment(rgb), mask, threshold, metrics)})
    means = {name: float(np.mean([photo[name] for photo in photos])) for name in metrics}
    return {"mean": means, "photos": photos, "unreadable": unreadable}


def readable(pairs, unreadable, caption, progress=True):
    """Yields (pair, photo, mask) of the pairs that can be read, and appends to `unreadable` why others cannot.

    Raises PortraitError if none can.
    """
    count = 0
    for pair in tqdm(pairs, desc=caption, unit="photo", disable=not progress):
        try:
            photo, mask = read_pair(pair)
        except PortraitError as error:
            unreadable.append(str(error))
            continue
        count += 1
        yield pair, photo, mask
    if not count:
        why = (
            f"none of {len(pairs)} photos can be read; {unreadable[0]}"
            if unreadable
            else "there is no photo with a mask"
        )
        raise PortraitError(why)


def threshold_of(segment):
    """A segmenter's own threshold, which its card holds; 0.5 where it has none."""
    return getattr(segment, "threshold", 0.5)


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
