"""The same metrics on photos as they come from the field: dark, noisy, turned."""

import numpy as np

from tf_portrait import plots, tables
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.evaluation.nobody import nobody_cell
from tf_portrait.evaluation.scores import readable, threshold_of
from tf_portrait.metrics import MAIN, main_score


def robustness(segmenters, pairs, progress=True, unreadable=None):
    """Scores segmenters under every corruption, each at its own threshold.

    segmenters: {name: function of rgb (H, W, 3) to alpha (H, W)}. The n-th photo is corrupted alike for all of them.
    unreadable: list to which is added why pairs were left out that cannot be read.
    Returns {corruption: {name: {"iou", "boundary_f1"}}}, means over the photos.
    """
    sums = {kind: {name: [] for name in segmenters} for kind in CORRUPTIONS}
    unreadable = [] if unreadable is None else unreadable
    for number, (_, photo, mask) in enumerate(readable(pairs, unreadable, "robustness", progress)):
        for kind, corrupt in CORRUPTIONS.items():
            worse, turned = corrupt(photo, mask, np.random.default_rng(number))
            for name, segment in segmenters.items():
                scores = main_score(segment(worse), turned, threshold_of(segment))
                sums[kind][name].append([scores[metric] for metric in MAIN])
    return {
        kind: {name: dict(zip(MAIN, map(float, np.mean(rows, axis=0)), strict=True)) for name, rows in of.items()}
        for kind, of in sums.items()
    }


def format_robustness(table, empty=None):
    """Markdown: IoU and boundary F1 on clean photos, then what each corruption takes from them, in points.

    empty: of nobody(), for a last row: the mean share of false person where nobody is.
    """
    clean = table["clean"]
    rows = []
    for kind, row in table.items():
        if kind == "clean":
            cells = [", ".join(f"{value:.4f}" for value in scores.values()) for scores in row.values()]
        else:
            cells = [
                ", ".join(f"{100 * (value - clean[name][key]):+.2f}" for key, value in scores.items())
                for name, scores in row.items()
            ]
        rows.append([kind, *cells])
    if empty:
        rows.append(["nobody: false person", *(nobody_cell(empty[name]) for name in clean)])
    return tables.markdown(rows, ["IoU, boundary F1", *clean])


def draw_robustness(path, table):
    """Writes a plot (PNG) of IoU under each corruption, a line for each segmenter."""
    from matplotlib.figure import Figure

    figure = Figure((9, 4), layout="constrained")
    axes = figure.subplots()
    for name in next(iter(table.values())):
        axes.plot(list(table), [row[name]["iou"] for row in table.values()], marker="o", label=name)
    axes.set_ylabel("IoU")
    axes.grid(alpha=0.3)
    axes.tick_params(axis="x", rotation=20)
    axes.legend()
    plots.save(path, figure)
