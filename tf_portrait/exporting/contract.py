"""model_contract.json: what an app has to know about the files beside it, to read or to test against."""

import hashlib
import importlib.metadata
from pathlib import Path

import tf_portrait
from tf_portrait.inference.smoothing import HOLD, RATIO, STILL

VERSION = 1
PRIOR = {
    "meaning": "what the network answered for the frame before, times 255: before any smoothing, at its own size",
    "tflite": "the fourth channel of the one input tensor, as alpha in RGBA",
    "core_ml": "a gray image of its own: the output image of the frame before",
    "first_frame": 0,
    "begin_anew": "at a cut, where frames change their size, after a seek and after a gap of half a second",
}
PACKAGES = ("tensorflow", "keras", "tensorflow-model-optimization", "coremltools", "ai-edge-litert", "numpy")


def contract_of(card, folder, results):
    """The contract as a JSON-able dict.

    card: of the model. folder: where the files lie. results: {file name: facts of measure()}.
    """
    size, prior = card["size"], {"prior": PRIOR} if card.get("options", {}).get("prior") else {}
    return {
        "version": VERSION,
        "model": {key: card.get(key) for key in ("network", "recipe", "weights_sha256")},
        "input": {
            "width": size,
            "height": size,
            "channels": "RGB and the previous mask" if prior else "RGB",
            "range": [0, 255],
            "normalization": "inside the model",
            "fit": card["fit"],
            "resize": "averages areas along an axis that shrinks, then bilinear, half-pixel centers, where one grows",
        },
        **prior,
        "output": {
            "width": size,
            "height": size,
            "meaning": "probability of a person, 0 background to 1 person; Core ML's gray image holds it times 255",
            "threshold": card["threshold"],
            "upsampling": "bilinear, half-pixel centers, before the threshold",
        },
        "smoothing": {
            "ratio": RATIO,
            "hold": HOLD,
            "rule": "alpha + max(ratio * (1 - (2 * alpha - 1)^2), hold * still) * (previous - alpha)",
            "still": f"1 where the picture differs from the one before by at most {STILL[0]} gray levels, in all of "
            f"the colors of a pixel and of those around it, falling to 0 at {STILL[1]}",
        },
        "files": {name: _file_entry(folder / name, facts) for name, facts in results.items()},
        "made_with": {"tf_portrait": tf_portrait.__version__, **_versions()},
    }


def file_hash(path):
    """SHA-256 of a file; of a package, over the names and contents of its files in order."""
    path, digest = Path(path), hashlib.sha256()
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    for file in sorted(part for part in path.rglob("*") if part.is_file()):
        digest.update(file.relative_to(path).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _file_entry(path, facts):
    entry = {"sha256": file_hash(path), "bytes": facts["bytes"]}
    if "inputs" in facts:
        entry |= {"input_tensor": facts["inputs"][0], "output_tensor": facts["outputs"][0]}
        entry |= {"operations": sum(facts["ops"].values())}
    else:
        from tf_portrait.exporting.coreml.metadata import features_of

        features = features_of(path)
        entry |= {"input_image": "RGB, 8 bits a channel", "output_image": "gray, 8 bits", "core_ml": features}
        entry |= {"prior_image": "gray, 8 bits"} if "prior" in features else {}
    names = ("iou", "boundary_f1", "label_agreement", "max_difference")
    return entry | {"metrics": {name: round(facts[name], 6) for name in names if name in facts}}


def _versions():
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
