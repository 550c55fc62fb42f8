"""Models on the tenth of each training set that their training held out: IoU, boundary F1, and the mean of all sets.

With --from, also the weighted means of the weights of START and of each .keras (Wortsman et al., CVPR 2022). --heads:
other shares for the last layer, which settles how large persons are: sets differ in that.
    python benchmarks/held_out.py selfie_segmentation.tflite runs/selfie --data soft/eg1800 soft/picsart
    python benchmarks/held_out.py runs/selfie --from selfie --shares 0.4 0.6 --data soft/eg1800 soft/picsart
    python benchmarks/held_out.py runs/selfie --from selfie_segmentation.tflite --logit-scale 0.05 \
      --shares 0.6 --heads 0.3 0.4 --keep means --data soft/eg1800 soft/picsart
"""

import argparse
import itertools
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

import tf_portrait as tp
from tf_portrait.exporting.graph.deploy import HEAD
from tf_portrait.models.archive import load_model, save_model
from tf_portrait.models.start import scale_logits, start_weights
from tf_portrait.quiet import quiet_keras
from tf_portrait.tables import markdown
from tf_portrait.training.blend import blended
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.sources import listings_of, training_pairs

METRICS = ("iou", "boundary_f1")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="of ours, or .tflite files")
    parser.add_argument("--data", nargs="+", required=True, help="the sets of the training")
    parser.add_argument("--from", dest="start", help="the model that they were trained from")
    parser.add_argument("--shares", nargs="+", type=float, default=[], help="of the trained weights in the mean")
    parser.add_argument(
        "--heads", nargs="+", type=float, default=[None], help="of them in the last layer (default: same)"
    )
    parser.add_argument("--logit-scale", type=float, default=1.0, help="of the start's logits (default: 1)")
    parser.add_argument("--keep", metavar="DIR", help="where the means go as .keras files")
    args = parser.parse_args()
    for share in [*args.shares, *filter(None, args.heads)]:
        if not 0 <= share <= 1:
            parser.error(f"a share of {share:g}; the trained weights' part of the mean is 0 to 1")
    return args


def held_out(sets):
    """{"name, photos": pairs} of each set's tenth."""
    tenths = [
        (Path(each.source).name, training_pairs([each], Recipe(), held_out=True)[1]) for each in listings_of(sets)
    ]
    return {f"{name}, {len(pairs)}": pairs for name, pairs in tenths}


def with_means(args, folder):
    """Yields (name, file) of each model, and of its means with the start."""
    for path in args.models:
        if args.start:
            start = started(args, load_model(path)[1])
        for share, head in itertools.product(args.shares, args.heads) if args.start else ():
            network, card = load_model(path)
            mean_of(network, start, share, share if head is None else head)
            card |= {"blend": share} | ({} if head is None else {"blend_head": head})
            mean = Path(folder) / f"{Path(path).stem}_{share}{'' if head is None else f'_{head}'}.keras"
            save_model(mean, network, card)
            yield f"{share:.0%} of {path}" + ("" if head is None else f", {head:.0%} in the last layer"), mean
        yield path, path


def started(args, card):
    """The network of a card with the weights of --from."""
    start = tp.build(card["network"], **card["options"])
    start_weights(start, args.start)
    scale_logits(start, args.logit_scale)
    return start


def mean_of(network, start, share, head):
    """Puts the mean of its own weights and the start's into a network; head: the share in its last layer."""
    for layer in network.layers:
        each = head if layer.name == HEAD else share
        layer.set_weights(blended(start.get_layer(layer.name).get_weights(), layer.get_weights(), each))


def main(args):
    quiet_keras()
    sets, columns = held_out(args.data), {}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in with_means(args, args.keep or folder):
            segment = tp.Segmenter(path)
            found = [tp.evaluate(segment, pairs, metrics=METRICS, progress=False)["mean"] for pairs in sets.values()]
            rows = np.array([[mean[metric] for metric in METRICS] for mean in found])
            columns[name] = [f"{iou:.4f}, {f1:.4f}" for iou, f1 in np.vstack([rows, rows.mean(0)])]
            print(f"{name}: {columns[name][-1]}", flush=True)
    rows = [(head, *cells) for head, *cells in zip([*sets, "mean"], *columns.values(), strict=True)]
    print(markdown(rows, ["held out, photos", *columns]))


if __name__ == "__main__":
    main(parse())
