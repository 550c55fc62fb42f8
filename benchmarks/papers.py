"""The papers' tables, printed beside what trainings of benchmarks/equal_budget.py score, and a verdict on each claim.

    python benchmarks/papers.py runs/equal --data test_eg1800 [--out papers.md]

A cell is the mean over the seeds of a run (NAME, NAME_seed1, ..) in percent, then what the paper prints. A claim is
repeated or contradicted where the two differ by more than their difference does between seeds, and by half a point at
least; else not seen.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from tf_portrait import tables
from tf_portrait.data.folder import list_pairs
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.evaluation.scores import evaluate, readable
from tf_portrait.files import write_text
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.metrics import METRICS, SIGMAS, photo_scores
from tf_portrait.models.archive import BEST

LEAST = 0.5  # points
EDGES = tuple(f"edge_iou_{sigma}" for sigma in SIGMAS)
TURNED = ("clean", "rotated 25", "rotated 45", "rotated 75", "rotated 90")
# Title: (scores, {run: what the paper prints of each score}). Scores are metrics, or IoU under a corruption.
TABLES = {
    "PortraitNet, Table 1": (("iou",), {"m": (96.32,), "b": (96.54,), "c": (96.57,), "full": (96.62,)}),
    "PortraitNet, Table 2": (
        EDGES,
        {"m": (91.56, 93.80, 96.11, 97.57, 98.23, 98.43), "b": (92.34, 94.44, 96.55, 97.86, 98.44, 98.63)},
    ),
    "PortraitNet, Table 3 (printed: one set of changed light)": (
        ("dark", "over-exposed"),
        {"m": (95.78, 95.78), "c": (96.24, 96.24)},
    ),
    "PortraitNet, Table 4": (
        ("iou",),
        {"portraitfcn": (95.91,), "enet": (96.00,), "bisenet_portraitnet": (95.25,), "bisenet": (95.25,),
         "bisenet_plus": (95.55,), "portraitnet": (96.62,), "full": (96.62,)},
    ),
    "SINet, Table 3": (
        ("iou", "boundary_f1"),
        {"enet": (95.16, 91.7), "bisenet": (94.91, 90.8), "portraitnet": (95.99, 91.9), "espnet": (94.65, 88.3),
         "ds_espnet": (94.10, 86.6), "ds_espnet_half": (93.58, 85.9), "espnetv2": (94.71, 87.2),
         "espnetv2_15": (94.00, 86.1), "contextnet": (95.71, 89.6), "mobilenetv3": (94.19, 85.4),
         "sinet": (94.81, 88.4)},
    ),
    "SINet, Table 4": (
        TURNED,
        {"sinet": (94.81, 88.62, 84.74, 79.05, 76.85), "sinet_reversed": (94.68, 84.06, 80.58, 73.88, 73.09),
         "sinet_none": (94.74, 85.11, 81.53, 75.36, 72.99), "sinet_gau": (94.77, 86.33, 82.80, 75.85, 73.96)},
    ),
    "SINet, Table 5": (
        ("iou", "boundary_f1"),
        {"sinet_k3_p1": (93.40, 87.4), "sinet_k3_p2": (93.34, 85.1), "sinet_k3_p4": (90.34, 79.6),
         "sinet_k5_p1": (94.56, 88.1), "sinet_k5_p2": (93.11, 85.7), "sinet_k5_p4": (90.04, 79.9),
         "sinet_mixed": (94.81, 88.4)},
    ),
    "ELB, Tables 1 and 2 (printed: another set)": (
        ("class_miou",),
        {"erfnet": (94.6,), "enet": (94.2,), "icnet": (87.8,), "bisenet": (94.5,), "elb": (94.9,), "elb_4": (93.7,)},
    ),
    "BANet, Table 1 and ablation (printed: another set)": (
        ("class_miou",),
        {"enet": (88.24,), "bisenet": (93.91,), "edanet": (94.90,), "unet": (95.88,), "portraitfcn": (95.92,),
         "banet": (95.80,), "banet_base": (94.90,), "banet_attention": (95.20,), "banet_refined": (95.80,)},
    ),
}  # fmt: skip
CLAIMS = (
    # what the paper says is better, than what, by which score
    ("the boundary loss helps", "b", "m", "iou"),
    ("the boundary loss helps at the edge", "b", "m", "edge_iou_3"),
    ("the consistency loss helps", "c", "m", "iou"),
    ("the consistency loss steadies in the dark", "c", "m", "dark"),
    ("both are best", "full", "m", "iou"),
    ("PortraitNet is better than BiSeNet", "portraitnet", "bisenet", "iou"),
    ("PortraitNet is better than ENet", "portraitnet", "enet", "iou"),
    ("its losses help BiSeNet too", "bisenet_plus", "bisenet", "iou"),
    ("PortraitNet is better than SINet", "portraitnet", "sinet", "iou"),
    ("SINet is better than MobileNetV3", "sinet", "mobilenetv3", "iou"),
    ("SINet is better than DS-ESPNet", "sinet", "ds_espnet", "iou"),
    ("SINet is better than ESPNet", "sinet", "espnet", "iou"),
    ("information blocking stands a turn by 90 degrees", "sinet", "sinet_none", "rotated 90"),
    ("mixed kernels and pools are better than 3, 1", "sinet_mixed", "sinet_k3_p1", "iou"),
    ("pooling by 4 alone is worse", "sinet_k3_p1", "sinet_k3_p4", "iou"),
    ("ELB is better than BiSeNet", "elb", "bisenet", "class_miou"),
    ("ELB is better than ERFNet", "elb", "erfnet", "class_miou"),
    ("ELB: channels decreased by 2, not 4", "elb", "elb_4", "class_miou"),
    ("BANet: attention helps", "banet_attention", "banet_base", "class_miou"),
    ("BANet: the refine loss helps", "banet_refined", "banet_attention", "class_miou"),
)


def wanted_of(run):
    """What the tables and claims ask of a run."""
    found = {score for scores, printed in TABLES.values() if run in printed for score in scores}
    found |= {score for _, better, worse, score in CLAIMS if run in (better, worse)}
    return found and found | {"iou", "boundary_f1"}  # one table can hold all


def scores_of(folder, pairs, wanted):
    """{score: percent} of one run: metrics, and IoU under corruptions, each photo corrupted alike for all runs."""
    segmenter = Segmenter(folder / BEST)
    metrics, kinds = [name for name in METRICS if name in wanted], [kind for kind in CORRUPTIONS if kind in wanted]
    found = dict(evaluate(segmenter, pairs, progress=False, metrics=metrics)["mean"])
    under = {kind: [] for kind in kinds}
    for number, (_, photo, mask) in enumerate(readable(pairs, [], "corrupted", False) if kinds else ()):
        for kind in kinds:
            worse, turned = CORRUPTIONS[kind](photo, mask, np.random.default_rng(number))
            under[kind].append(photo_scores(segmenter(worse), turned, metrics=("iou",))["iou"])
    found |= {kind: float(np.mean(values)) for kind, values in under.items()}
    return {name: 100 * value for name, value in found.items()}


def runs_of(folder, pairs):
    """{run: [scores of each seed]} of the runs that are finished."""
    found = {}
    for path in sorted(folder.glob(f"*/{BEST}")):
        name = path.parent.name.partition("_seed")[0]
        wanted = wanted_of(name)
        if wanted and (path.parent / "summary.json").exists():
            found.setdefault(name, []).append(scores_of(path.parent, pairs, wanted))
            print(name, found[name][-1], flush=True)
    return found


def verdict(better, worse):
    """Of two lists of scores, one value a seed: "repeated", "contradicted" or "not seen", and the difference.

    Runs of equal seeds saw the same photos in the same order, so that their differences are what counts.
    """
    difference = sum(better) / len(better) - sum(worse) / len(worse)
    if len(better) == len(worse):
        each = [a - b for a, b in zip(better, worse, strict=True)]
        noise = max(LEAST, max(each) - min(each))
    else:
        noise = max(LEAST, *(max(values) - min(values) for values in (better, worse)))
    word = "not seen" if abs(difference) <= noise else "repeated" if difference > 0 else "contradicted"
    return word, difference


def page(found):
    """All tables and verdicts as Markdown. found: of runs_of."""
    texts = []
    for title, (scores, printed) in TABLES.items():
        rows = [[name, *_cells(found.get(name), scores, values)] for name, values in printed.items()]
        texts.append(f"### {title}\n\n{tables.markdown(rows, ['', *scores])}")
    rows = []
    for text, better, worse, score in CLAIMS:
        word, difference = "not trained", None
        if better in found and worse in found:
            word, difference = verdict(*([seed[score] for seed in found[name]] for name in (better, worse)))
        rows.append([text, f"{better}, {worse}", score, difference and f"{difference:+.2f}", word])
    head = ["claim", "runs", "score", "points", "verdict"]
    return "\n\n".join([*texts, f"### Verdicts\n\n{tables.markdown(rows, head)}"])


def _cells(seeds, scores, printed):
    for score, value in zip(scores, printed, strict=True):
        ours = "-" if seeds is None else f"{sum(seed[score] for seed in seeds) / len(seeds):.2f}"
        yield f"{ours} ({value:g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, metavar="DIR")
    parser.add_argument("--data", required=True, metavar="DIR", help="photos that nothing was chosen by")
    parser.add_argument("--out", metavar="F", help="writes the tables there, too")
    args = parser.parse_args()
    text = page(runs_of(args.runs, list_pairs(args.data).pairs))
    print(text)
    if args.out:
        write_text(args.out, text + "\n")


if __name__ == "__main__":
    main()
