"""Portrait segmentation for phones: train, evaluate, quantize, export.

Public names are loaded when first used, so that importing the package stays cheap:
build, Segmenter, train, Request, evaluate, PortraitError.
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "PortraitError": "tf_portrait.errors",
    "Request": "tf_portrait.training.train",
    "Segmenter": "tf_portrait.inference.segmenter",
    "build": "tf_portrait.models",
    "evaluate": "tf_portrait.evaluation.scores",
    "train": "tf_portrait.training.train",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'tf_portrait' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__():
    return sorted([*globals(), *__all__])
