"""Segmenters and ways to run them on the same sequences, in the same run: the table, and the curve of each frame."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait import plots, tables
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.video.methods import methods_of
from tf_portrait.files import write_json, write_text
from tf_portrait.metrics import main_score
from tf_portrait.metrics.temporal import (
    dtssd,
    flicker_curve,
    flicker_index,
    settling_frames,
    temporal_iou_difference,
)

METRICS = {  # key: (head of its column, digits)
    "iou": ("IoU", "{:.4f}"),
    "boundary_f1": ("boundary F1", "{:.4f}"),
    "flicker": ("flicker, 1/1000", "{:.2f}"),
    "dtssd": ("dtSSD, 1/1000", "{:.1f}"),
    "iou_change": ("temporal IoU difference, points", "{:.2f}"),
    "lag": ("lag, frames", "{:.1f}"),
}
SHOWN = ("per frame", "smoothing", "prior", "prior + smoothing", "MediaPipe's rule")
_FACTOR = {"flicker": 1e3, "dtssd": 1e3, "iou_change": 100}


def compare_videos(segmenters, sequences, progress=True):
    """Rows {"model", "method", "group", metric: value ..}, one for each group of sequences, and one for all ("all").

    segmenters: {name: Segmenter}. sequences: iterable of Sequence. Each sequence counts alike in its group; "all" is
    the mean of all sequences. "lag" is None where no sequence of a group stops.
    Raises PortraitError without a sequence. Returns the rows and {"MODEL, METHOD": {sequence: flicker of each frame}}.
    """
    found, curves = {}, {}
    for sequence in tqdm(sequences, "videos", unit="video", disable=not progress):
        for name, segmenter in segmenters.items():
            for method, masks in methods_of(segmenter, sequence.frames).items():
                alphas = [segmenter.to_photo_size(mask, sequence.frames[0].shape) for mask in masks]
                scores = score(sequence, alphas, segmenter.threshold)
                for group in (sequence.group, "all"):
                    found.setdefault((name, method, group), []).append(scores)
                curve = flicker_curve(sequence.frames, alphas, sequence.truths)
                curves.setdefault(f"{name}, {method}", {})[sequence.name] = curve.tolist()
    if not found:
        raise PortraitError("nothing to compare on: give --videos, --data DIR with --photos, or clips")
    rows = [
        {"model": model, "method": method, "group": group, **_mean(scores)}
        for (model, method, group), scores in found.items()
    ]
    return rows, curves


def write_videos(out, rows, curves):
    """Writes OUT.md, OUT.json and OUT.png (the last sequence's curves); returns the tables."""
    out = Path(out)
    shown = [(row["model"], row["method"]) for row in rows if row["group"] == "all" and row["method"] in SHOWN]
    text = "\n\n".join([format_videos(rows), format_groups(rows, shown)])
    write_text(out.with_suffix(".md"), text + "\n")
    write_json(out.with_suffix(".json"), {"rows": rows, "curves": curves})
    names = [f"{model}, {method}" for model, method in shown]
    draw_curves(out.with_suffix(".png"), curves, list(curves[names[0]])[-1], names)
    return f"{text}\n\nwrote {out}.md, .json, .png"


def score(sequence, alphas, threshold=0.5):
    """The metrics of METRICS of one sequence. alphas: (H, W) at the frames' size."""
    main = [main_score(alpha, mask, threshold) for alpha, mask in zip(alphas, sequence.masks, strict=True)]
    ious = [scores["iou"] for scores in main]
    truths = [mask / np.float32(255) for mask in sequence.masks]
    return {
        "iou": float(np.mean(ious)),
        "boundary_f1": float(np.mean([scores["boundary_f1"] for scores in main])),
        "flicker": flicker_index(sequence.frames, alphas, sequence.truths),
        "dtssd": dtssd(alphas, truths),
        "iou_change": temporal_iou_difference(
            [alpha > threshold for alpha in alphas], [mask > 127 for mask in sequence.masks]
        ),
        "lag": None if sequence.settles is None else settling_frames(ious, sequence.settles),
    }


def format_videos(rows, group="all"):
    """The rows of one group as a Markdown table."""
    cells = []
    for row in (row for row in rows if row["group"] == group):
        values = [
            None if row[key] is None else style.format(row[key] * _FACTOR.get(key, 1))
            for key, (_, style) in METRICS.items()
        ]
        cells.append([row["model"], row["method"], *values])
    return tables.markdown(cells, ["model", "method", *(head for head, _ in METRICS.values())])


def format_groups(rows, methods):
    """IoU and flicker of some methods in each group: a Markdown table. methods: (model, method) pairs."""
    groups = list(dict.fromkeys(row["group"] for row in rows if row["group"] != "all"))
    by_key = {(row["model"], row["method"], row["group"]): row for row in rows}
    cells = []
    for group in groups:
        chosen = [by_key[(*method, group)] for method in methods]
        cells.append([group, *(f"{row['iou']:.4f}, {1e3 * row['flicker']:.2f}" for row in chosen)])
    return tables.markdown(cells, ["IoU, flicker in 1/1000", *(", ".join(method) for method in methods)])


def draw_curves(path, curves, sequence, methods):
    """Writes a plot (PNG): the flicker from each frame to the next in one sequence. methods: keys of `curves`."""
    from matplotlib.figure import Figure

    figure = Figure((9, 4), layout="constrained")
    axes = figure.subplots()
    for method in methods:
        axes.plot(1e3 * np.array(curves[method][sequence], float), label=method, linewidth=1)
    axes.set(xlabel="frame", ylabel="change of alpha in still pixels, 1/1000", title=sequence)
    axes.grid(alpha=0.3)
    axes.legend()
    plots.save(path, figure)


def _mean(scores):
    """Means by metric, without what is None."""
    means = {}
    for key in METRICS:
        known = [row[key] for row in scores if row[key] is not None]
        means[key] = float(np.mean(known)) if known else None
    return means
