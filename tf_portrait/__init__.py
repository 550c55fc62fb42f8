"""Portrait segmentation for phones: train, evaluate, quantize, export.

    build, networks      an untrained network, and the names there are
    train, recipes       a training, and the names of what decides one
    load                 a trained network and its card
    Segmenter            a trained model, ready for photos
    evaluate, export     scores on photos with masks; files for Android and iPhone
    PortraitError        what the user can mend

They are loaded when first used, so that importing the package stays cheap. docs/api.md has all of them.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.2.0"

if TYPE_CHECKING:
    from tf_portrait.errors import PortraitError as PortraitError
    from tf_portrait.evaluation.scores import evaluate as evaluate
    from tf_portrait.exporting.exporter import export as export
    from tf_portrait.inference.segmenter import Segmenter as Segmenter
    from tf_portrait.models.archive import load_model as load
    from tf_portrait.models.networks import build as build
    from tf_portrait.models.networks import networks as networks
    from tf_portrait.training.recipes import recipes as recipes
    from tf_portrait.training.train import train as train

_HOMES = {
    "PortraitError": "tf_portrait.errors:PortraitError",
    "Segmenter": "tf_portrait.inference.segmenter:Segmenter",
    "build": "tf_portrait.models.networks:build",
    "evaluate": "tf_portrait.evaluation.scores:evaluate",
    "export": "tf_portrait.exporting.exporter:export",
    "load": "tf_portrait.models.archive:load_model",
    "networks": "tf_portrait.models.networks:networks",
    "recipes": "tf_portrait.training.recipes:recipes",
    "train": "tf_portrait.training.train:train",
}
__all__ = ["PortraitError", "Segmenter", "build", "evaluate", "export", "load", "networks", "recipes", "train"]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'tf_portrait' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def __dir__():
    return sorted([*globals(), *__all__])
