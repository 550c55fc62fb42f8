"""Several segmenters on the same photos, in the same run: ours beside those that people would pick today."""

from pathlib import Path

import numpy as np

from tf_portrait import tables
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.scores import readable
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.segmenter import Segmenter, says_itself
from tf_portrait.metrics import main_score

ROUNDS, RUNS = 20, 10


def open_all(models, input_range=None, output=None):
    """{name: Segmenter} of names and paths; the name is as much of the path's end as tells it from the others.

    input_range, output: as for Segmenter, for those that do not say it themselves.
    Raises PortraitError for one that is named twice.
    """
    paths = [Path(model) for model in models]
    if len(set(paths)) < len(paths):
        raise PortraitError(f"{max(map(str, paths), key=[*map(str, paths)].count)}: named twice; leave one out")
    found = {}
    for path in paths:
        parts = min(len(path.parts), 2)
        while any(path.parts[-parts:] == other.parts[-parts:] for other in paths if other != path):
            parts += 1
        told = {} if says_itself(path) else {"input_range": input_range, "output": output}
        found[str(Path(*path.parts[-parts:]))] = Segmenter(path, **told)
    return found


def compare(segmenters, pairs, progress=True, unreadable=None):
    """Rows {"name", "iou", "boundary_f1", "milliseconds"} of segmenters on pairs of photo and mask.

    segmenters: of open_all. Milliseconds are the least of one thread, all taking turns on one random photo;
    None for a Keras model, which is not what runs on a phone. unreadable: as for robustness.
    """
    times = _milliseconds(segmenters)
    scores = {name: [] for name in segmenters}
    unreadable = [] if unreadable is None else unreadable
    for _, photo, mask in readable(pairs, unreadable, "comparing", progress):
        for name, segment in segmenters.items():
            found = main_score(segment(photo), mask, segment.threshold)
            scores[name].append((found["iou"], found["boundary_f1"]))
    return [
        {"name": name, "iou": float(iou), "boundary_f1": float(f1), "milliseconds": times[name]}
        for name, (iou, f1) in ((name, np.mean(rows, axis=0)) for name, rows in scores.items())
    ]


def format_comparison(rows):
    """The rows as a Markdown table."""
    cells = []
    for row in rows:
        speed = None if row["milliseconds"] is None else f"{row['milliseconds']:.2f}"
        cells.append([row["name"], f"{row['iou']:.4f}", f"{row['boundary_f1']:.4f}", speed])
    return tables.markdown(cells, ["", "IoU", "boundary F1", "ms, 1 thread"])


def _milliseconds(segmenters):
    timed = {name: segment.runtime.invoke for name, segment in segmenters.items() if segment.runtime.invoke}
    for name in timed:
        segmenters[name].probability(np.zeros((64, 64, 3), np.uint8))  # feeds the input
    least = least_milliseconds(list(timed.values()), ROUNDS, RUNS)
    return {**dict.fromkeys(segmenters), **dict(zip(timed, least, strict=True))}
