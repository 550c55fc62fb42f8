"""The same metrics on photos as they come from the field: dark, noisy, turned."""

import numpy as np
from tqdm import tqdm

from tf_portrait.data.store import read_pair
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.files import write_atomically
from tf_portrait.metrics import main_score


def robustness(segmenters, pairs, threshold=0.5, progress=True):
    """Scores segmenters under every corruption.

    segmenters: {name: function of rgb (H, W, 3) to alpha (H, W)}. The n-th photo is corrupted alike for all of them.
    Returns {corruption: {name: {"iou", "boundary_f1"}}}, means over the photos.
    """
    sums = {kind: {name: [] for name in segmenters} for kind in CORRUPTIONS}
    for number, pair in enumerate(tqdm(pairs, desc="robustness", unit="photo", disable=not progress)):
        photo, mask = read_pair(pair)
        for kind, corrupt in CORRUPTIONS.items():
            worse, turned = corrupt(photo, mask, np.random.default_rng(number))
            for name, segment in segmenters.items():
                scores = main_score(segment(worse), turned, threshold)
                sums[kind][name].append((scores["iou"], scores["boundary_f1"]))
    return {
        kind: {
            name: dict(zip(("iou", "boundary_f1"), map(float, np.mean(rows, axis=0)), strict=True))
            for name, rows in of.items()
        }
        for kind, of in sums.items()
    }


def format_robustness(table):
    """Markdown: IoU and boundary F1 on clean photos, then what each corruption takes from them, in points."""
    clean = table["clean"]
    lines = [f"| IoU, boundary F1 | {' | '.join(clean)} |", f"|---|{'---|' * len(clean)}"]
    for kind, row in table.items():
        if kind == "clean":
            cells = [", ".join(f"{value:.4f}" for value in scores.values()) for scores in row.values()]
        else:
            cells = [
                ", ".join(f"{100 * (value - clean[name][key]):+.2f}" for key, value in scores.items())
                for name, scores in row.items()
            ]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


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
    write_atomically(path, lambda temporary: figure.savefig(temporary, format="png", dpi=120))
