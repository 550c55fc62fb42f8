"""golden/: a photo and what each file says of it, so that an app can hold its own engine against Python's.

With a prior: of the photo and prior.gray, a mask that it may have had a frame before.

photo.rgb is a drawn portrait (nobody's photo ends up in an app), NAME.alpha the raw output tensor of NAME.tflite, and
NAME.mlmodel.alpha or NAME.mlpackage.alpha the gray image of a Core ML file. composite.rgb is the photo over COLOR by
composite.alpha, for apps that compose on a GPU. The contract names them, and by each file's how far an engine may be.
"""

import hashlib
from pathlib import Path

import numpy as np

from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.data.previous_mask import prior_by_turns
from tf_portrait.exporting.measure import open_exported
from tf_portrait.files import write_bytes
from tf_portrait.inference.compose import over
from tf_portrait.inference.tflite import TFLiteModel

FOLDER, PHOTO = "golden", "photo.rgb"
SEED = 3
NEAR = 1  # of prior_by_turns: a mask that is near the true one
COLOR = (40, 120, 90)  # what the apps have as their one color
# How far an engine may be from Python's and be trusted: another CPU rounds differently, a GPU computes in float16.
TOLERANCE = {
    "cpu": {"label_agreement": 0.999, "mean_difference": 0.004},
    "gpu": {"label_agreement": 0.99, "mean_difference": 0.02},
}
# Core ML computes in float16 wherever it can, on the CPU too.
CORE_ML_TOLERANCE = {"cpu": TOLERANCE["gpu"], "gpu": TOLERANCE["gpu"]}


def write_golden(folder, contract):
    """Writes golden/ beside the files that a contract names, and adds to the contract what lies there."""
    size = contract["input"]["width"]
    photo, mask = portrait(np.random.default_rng(SEED), size)
    entry = _write(folder, PHOTO, photo)
    contract["golden"] = {"photo": entry, "shape": [size, size, 3], "tolerance": TOLERANCE}
    fed, shown = photo, None
    if "prior" in contract:
        prior = prior_by_turns(NEAR, mask, mask)
        contract["golden"]["prior"] = _write(folder, "prior.gray", prior)
        fed = np.dstack([photo, prior])
    for name, facts in contract["files"].items():
        if name.endswith(".tflite"):
            entry = _write(folder, f"{Path(name).stem}.alpha", TFLiteModel(folder / name).raw(fed))
            facts["golden"] = entry | {"tolerance": TOLERANCE}
        else:
            shown = _gray(open_exported(folder / name).probability(fed))
            facts["golden"] = _write(folder, f"{name}.alpha", shown) | {"tolerance": CORE_ML_TOLERANCE}
    if shown is not None:
        contract["golden"]["composite"] = _composite(folder, photo, shown)
    return contract


def _gray(probability):
    """(H, W) in 0..1 -> uint8, as Core ML's gray images are."""
    return np.rint(probability * 255).clip(0, 255).astype(np.uint8)


def _composite(folder, photo, gray):
    """The photo over one color, by an alpha of 8 bits."""
    scene = np.broadcast_to(np.float32(COLOR), photo.shape)
    return {
        "alpha": _write(folder, "composite.alpha", gray),
        "picture": _write(folder, "composite.rgb", over(photo, gray.astype(np.float32) / 255, scene)),
        "color": list(COLOR),
    }


def _write(folder, name, array):
    """An array's bytes, little-endian, row by row."""
    data = np.ascontiguousarray(array).tobytes()
    path = Path(folder) / FOLDER / name
    write_bytes(path, data)
    return {"file": f"{FOLDER}/{name}", "sha256": hashlib.sha256(data).hexdigest()}
