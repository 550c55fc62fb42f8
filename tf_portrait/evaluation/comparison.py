"""Several segmenters on the same photos, in the same run: ours beside those that people would pick today."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait.data.store import read_pair
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.peers import open_peer
from tf_portrait.inference.segmenter import CONTRACT, Segmenter
from tf_portrait.metrics import main_score

ROUNDS, RUNS = 20, 10


def open_any(path):
    """A model of ours (.keras, run, name, or a .tflite beside its contract) or a peer's file, as rgb -> alpha."""
    path = Path(path)
    if path.suffix in (".tflite", ".onnx") and not path.with_name(CONTRACT).is_file():
        return open_peer(path)
    return Segmenter(str(path))


def compare(segmenters, pairs, progress=True):
    """Rows {"name", "iou", "boundary_f1", "milliseconds"} of segmenters on pairs of photo and mask.

    segmenters: {name: of open_any}. Milliseconds are the least of one thread, all taking turns on one random photo;
    None for a Keras model, which is not what runs on a phone.
    """
    times = _milliseconds(segmenters)
    scores = {name: [] for name in segmenters}
    for pair in tqdm(pairs, desc="comparing", unit="photo", disable=not progress):
        photo, mask = read_pair(pair)
        for name, segment in segmenters.items():
            found = main_score(segment(photo), mask)
            scores[name].append((found["iou"], found["boundary_f1"]))
    return [
        {"name": name, "iou": float(iou), "boundary_f1": float(f1), "milliseconds": times[name]}
        for name, (iou, f1) in ((name, np.mean(rows, axis=0)) for name, rows in scores.items())
    ]


def format_comparison(rows):
    """The rows as a Markdown table."""
    lines = ["| | IoU | boundary F1 | ms, 1 thread |", "|---|---|---|---|"]
    for row in rows:
        speed = "" if row["milliseconds"] is None else f"{row['milliseconds']:.2f}"
        lines.append(f"| {row['name']} | {row['iou']:.4f} | {row['boundary_f1']:.4f} | {speed} |")
    return "\n".join(lines)


def _milliseconds(segmenters):
    runs = {name: _inference_of(segment) for name, segment in segmenters.items()}
    timed = {name: run for name, run in runs.items() if run}
    least = least_milliseconds(list(timed.values()), ROUNDS, RUNS)
    return {**dict.fromkeys(runs), **dict(zip(timed, least, strict=True))}


def _inference_of(segment):
    """A function that runs the network alone once more, or None for a Keras model."""
    if not isinstance(segment, Segmenter):
        segment.probability(np.zeros((*segment.shape, 3), np.uint8))
        return segment.invoke
    if segment.network is not None:
        return None
    segment.probability(np.zeros((segment.size, segment.size, 3), np.uint8))
    return segment.invoke
