"""The same metrics on photos as they come from the field: dark, noisy, turned."""

import numpy as np
from tqdm import tqdm

from tf_portrait.data.corruptions import CORRUPTIONS
from tf_portrait.data.store import read_pair
from tf_portrait.evaluation import band_width
from tf_portrait.metrics import boundary_f1, portrait_iou
from tf_portrait.models.files import write_atomically


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
                pred, true = segment(worse) > threshold, turned > 127
                sums[kind][name].append((portrait_iou(pred, true), boundary_f1(pred, true, band_width(true.shape))))
    return {
        kind: {
            name: dict(zip(("iou", "boundary_f1"), map(float, np.mean(rows, axis=0)), strict=True))
            for name, rows in of.items()
        }
        for kind, of in sums.items()
    }


def format_robustness(table):
    """Markdown: IoU and boundary F1 on clean photos, then what each corruption takes from them, in points."""
    names = list(next(iter(table.values())))
    clean = table["clean"]
    lines = [f"| IoU, boundary F1 | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for kind, row in table.items():
        if kind == "clean":
            cells = [f"{row[name]['iou']:.4f}, {row[name]['boundary_f1']:.4f}" for name in names]
        else:
            lost = {name: {key: 100 * (row[name][key] - clean[name][key]) for key in row[name]} for name in names}
            cells = [f"{lost[name]['iou']:+.2f}, {lost[name]['boundary_f1']:+.2f}" for name in names]
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
