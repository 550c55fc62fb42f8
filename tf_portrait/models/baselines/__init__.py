"""The networks that the papers compare themselves with: one flat file each, imported when it is built."""

import importlib
import pkgutil
import re

SHARED = ("blocks", "layers")
MODULES = tuple(found.name for found in pkgutil.iter_modules(__path__) if found.name not in SHARED)

# What the golden vectors call a network: (network, options) for build.
VARIANTS = {
    "enet": ("enet", {"pooling": 3}),
    "enet_pool2": ("enet", {}),
    "portraitfcn_plus": ("portraitfcn", {"channels": 6}),
    "bisenet_portraitnet": ("bisenet_portraitnet", {}),
    "espnet_c": ("espnet", {}),
    "espnet_full_20": ("espnet", {"decoder": True, "classes": 20}),
    "ds_espnet": ("espnet", {"separable": True}),
    "ds_espnet_half": ("espnet", {"separable": True, "width": 0.5}),
    "espnetv2_15": ("espnetv2", {"width": 1.5}),
    "espnetv2_20": ("espnetv2", {"width": 2.0}),
    "contextnet12": ("contextnet", {"context": 2}),
    "contextnet14": ("contextnet", {"context": 4}),
    "mobilenetv3": ("mobilenetv3", {}),
    "erfnet": ("erfnet", {}),
    "edanet": ("edanet", {}),
    "unet": ("unet", {}),
    "icnet": ("icnet", {}),
    "deeplabv3plus": ("deeplabv3plus", {}),
    "sinet_cityscapes": ("sinet", {"widths": "cityscapes", "preset": "authors", "classes": 19}),
}


def module(name):
    """The module of a baseline: its builder by the same name, RENAMED and UNUSED."""
    package = "tf_portrait.models" if name == "sinet_cityscapes" else __name__
    return importlib.import_module(f"{package}.{name}")


def builder(name):
    """The function that builds a network of MODULES."""
    return getattr(module(name), name)


def official_modules(model, keys):
    """How the authors' code calls our layers: ({layer name: their module}, keys of weights that nothing reads).

    keys: of their state dict. Our layers are named as their modules are, with underscores for the dots; where that
    reads badly, RENAMED of the network's file holds pairs (pattern in theirs, ours). UNUSED there is a pattern of
    weights that their code registers and never computes with.
    """
    found, ours = module(model.name), {layer.name for layer in model.layers}
    names, unused = {}, []
    for key in keys:
        theirs = name = key.rpartition(".")[0]
        for pattern, replacement in found.RENAMED:
            name = re.sub(pattern, replacement, name)
        name = name.replace(".", "_")
        if name not in ours and found.UNUSED and re.search(found.UNUSED, key):
            unused.append(key)
        else:
            names[name] = theirs
    return names, unused
