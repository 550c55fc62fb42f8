"""golden/: a photo and what each file says of it, so that an app can hold its own engine against Python's.

photo.rgb is a drawn portrait (nobody's photo ends up in an app), NAME.alpha the raw output tensor of NAME.tflite.
"""

import hashlib
from pathlib import Path

import numpy as np

from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.files import write_bytes
from tf_portrait.inference.tflite import TFLiteModel

FOLDER, PHOTO = "golden", "photo.rgb"
SEED = 3
# How far an engine may be from Python's and be trusted: another CPU rounds differently, a GPU computes in float16.
TOLERANCE = {
    "cpu": {"label_agreement": 0.999, "mean_difference": 0.004},
    "gpu": {"label_agreement": 0.99, "mean_difference": 0.02},
}


def write_golden(folder, contract):
    """Writes golden/ beside the .tflite files that a contract names, and adds to the contract what lies there."""
    size = contract["input"]["width"]
    photo, _ = portrait(np.random.default_rng(SEED), size)
    entry = _write(folder, PHOTO, photo)
    contract["golden"] = {"photo": entry, "shape": [size, size, 3], "tolerance": TOLERANCE}
    for name, facts in contract["files"].items():
        if name.endswith(".tflite"):
            facts["golden"] = _write(folder, f"{Path(name).stem}.alpha", TFLiteModel(folder / name).raw(photo))
    return contract


def _write(folder, name, array):
    """An array's bytes, little-endian, row by row."""
    data = np.ascontiguousarray(array).tobytes()
    path = Path(folder) / FOLDER / name
    write_bytes(path, data)
    return {"file": f"{FOLDER}/{name}", "sha256": hashlib.sha256(data).hexdigest()}
