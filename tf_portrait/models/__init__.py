"""The networks (networks.py) and their files (archive.py). Keras is imported when a network is built, not before."""

import importlib


def __getattr__(name):
    if name in ("NETWORKS", "build"):
        return getattr(importlib.import_module("tf_portrait.models.networks"), name)
    raise AttributeError(f"module 'tf_portrait.models' has no attribute {name!r}")
