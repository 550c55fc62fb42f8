"""Metrics on boolean masks (H, W)."""

from tf_portrait.metrics.boundary_f1 import boundary_f1
from tf_portrait.metrics.edge_iou import SIGMAS, edge_iou, outline_distance
from tf_portrait.metrics.iou import class_miou, portrait_iou
from tf_portrait.metrics.photo import MAIN, METRICS, band_width, main_score, photo_scores, split_mask
from tf_portrait.metrics.temporal import flicker_index

__all__ = [
    "MAIN", "METRICS", "SIGMAS", "band_width", "boundary_f1", "class_miou", "edge_iou", "flicker_index", "main_score",
    "outline_distance", "photo_scores", "portrait_iou", "split_mask",
]  # fmt: skip
