"""Metrics on boolean masks (H, W)."""

from tf_portrait.metrics.boundary_f1 import boundary_f1
from tf_portrait.metrics.edge_iou import SIGMAS, edge_iou
from tf_portrait.metrics.iou import class_miou, portrait_iou
from tf_portrait.metrics.photo import band_width, main_score
from tf_portrait.metrics.temporal import flicker_index

__all__ = [
    "SIGMAS", "band_width", "boundary_f1", "class_miou", "edge_iou", "flicker_index", "main_score", "portrait_iou",
]  # fmt: skip
