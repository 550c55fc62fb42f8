"""All networks trained alike, on as many photos or for as many minutes, for docs/papers.md and docs/benchmarks.md.

Same photos, augmentation, optimizer and batch; each network has the losses of its paper, and starts from random weights
unless its name says otherwise. With --minutes a step is timed first, and the minutes give the number of steps. Networks
with two stages have half of the budget for each. A run that was stopped goes on, a finished one is kept.
    python benchmarks/equal_budget.py --data train_eg1800 --photos 3312 --size 96 --encoder mobilenetv2_notop.h5
    python benchmarks/equal_budget.py --data train_eg1800 --photos 3312 --size 96 --seed 1 m b c full
    python benchmarks/equal_budget.py --data DIR [DIR ...] --val DIR --encoder mobilenetv2_notop.h5 --minutes 9
    python benchmarks/papers.py runs/equal --data test_eg1800       # the papers' tables of them
"""

import argparse
import dataclasses
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import keras
import numpy as np

import tf_portrait as tp
from benchmarks.training import StepTimes
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.store import Cached
from tf_portrait.training.loop import build_networks, compile_trainer, epoch_dataset
from tf_portrait.training.recipe import override
from tf_portrait.training.recipes import get_recipe
from tf_portrait.training.recipes.baselines import ROWS
from tf_portrait.training.run import LAST, SUMMARY

RECIPE, EPOCHS, PROBE = "photos", 3, 14
SHARED = ("init=", "low_size=None", f"epochs={EPOCHS}", "warmup_epochs=0.3")
SINET = ("network=sinet", "objective=sinet", "init={out}/sinet_encoder")
ELB = ("network=elb", "objective=elb")
BANET = ("network=banet", "objective=banet")
# Name: part of the budget, and what differs from the shared recipe.
NETWORKS = {
    "portraitnet": (1.0, ("objective=full",)),
    "portraitnet_imagenet": (1.0, ("objective=full", "init={encoder}")),
    "sinet_encoder": (0.5, ("network=sinet", "options.stage=encoder", "objective=sinet_encoder")),
    "sinet": (0.5, SINET),
    "elb": (1.0, ELB),
    "banet_first": (0.5, BANET),
    "banet": (0.5, ("network=banet", "objective=banet_refine", "init={out}/banet_first")),
    "bisenet": (1.0, ("network=bisenet", "objective=M")),
} | {
    name: (1.0, (f"network={network}", "objective=M", *(f"options.{key}={value}" for key, value in options.items())))
    for name, _, network, options in ROWS
}
ABLATIONS = {
    # PortraitNet's Tables 1 to 3, and BiSeNet+ of Table 4
    **{name: (1.0, (f"objective={objective}", "init={encoder}"))
       for name, objective in (("m", "M"), ("b", "B"), ("c", "C"), ("full", "full"))},
    "bisenet_plus": (1.0, ("network=bisenet", "objective=full")),
    # SINet's Table 4, from one encoder, and Table 5, in one stage
    **{f"sinet_{decoder}": (0.5, (*SINET, f"options.decoder={decoder}")) for decoder in ("reversed", "none", "gau")},
    "sinet_mixed": (1.0, (*SINET, "init=")),
    **{f"sinet_k{kernel}_p{pool}": (1.0, (*SINET, "init=", f"options.kernel={kernel}", f"options.pool={pool}"))
       for kernel in (3, 5) for pool in (1, 2, 4)},
    # ELB's Table 2, and ELB at its paper's size
    "elb_4": (1.0, (*ELB, "options.decrease=4")),
    "elb_512": (1.0, (*ELB, "size=512")),
    # BANet's ablation, in one phase
    "banet_base": (1.0, ("network=banet", "objective=M", "options.attention=False")),
    "banet_attention": (1.0, BANET),
    "banet_refined": (1.0, ("network=banet", "objective=banet_refine")),
}  # fmt: skip
RUNS = NETWORKS | ABLATIONS


def seconds_a_step(recipe):
    """Of training on drawn portraits, as large as photos are after reading."""
    batches = Batches(Cached(SyntheticPortraits(32, 512)), dataclasses.replace(recipe, steps=PROBE))
    trainer, times = compile_trainer(build_networks(recipe)[0], recipe, 0, PROBE), StepTimes()
    trainer.fit(epoch_dataset(batches, 0), steps_per_epoch=PROBE, shuffle=False, callbacks=[times], verbose=0)
    return float(np.median(times.seconds[3:]))  # the first ones hold the compiler's work


def run(args, name):
    """One training, from its beginning or from where it was stopped."""
    part, changes = RUNS[name]
    seed, batch = f"_seed{args.seed}" if args.seed else "", get_recipe(RECIPE).batch
    folder = Path(args.out) / f"{name}{seed}"
    if (folder / SUMMARY).exists():
        return
    keras.backend.clear_session()
    started = time.perf_counter()
    if (folder / LAST).exists():
        summary = tp.train(out=folder, resume=True, progress=False)
    else:
        changes = [change.format(out=args.out, encoder=args.encoder) for change in changes]
        changes = [*SHARED, f"size={args.size}", f"seed={args.seed}", *changes]
        if args.photos:
            steps = round(args.photos * part / batch)
        else:
            steps = int(args.minutes * part * 60 / seconds_a_step(override(get_recipe(RECIPE), changes)))
        changes = [*changes, f"steps={max(1, steps // EPOCHS)}"]
        summary = tp.train(args.data, recipe=RECIPE, val=args.val, out=folder, set=changes, progress=False)
    minutes = (time.perf_counter() - started) / 60
    print(f"{folder.name}: {minutes:.1f} minutes, IoU {summary['after']:.4f}", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RUNS)} (default: the networks)")
    parser.add_argument("--data", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--val", metavar="DIR", help="photos that choose the epoch (default: a tenth of --data)")
    parser.add_argument("--encoder", metavar="FILE", default="imagenet", help="ImageNet weights of MobileNetV2")
    parser.add_argument("--minutes", type=float, default=9.0, help="of training for each network")
    parser.add_argument("--photos", type=int, help="that each network sees, in place of --minutes")
    parser.add_argument("--size", type=int, default=224, help="of their input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", metavar="DIR", default="runs/equal")
    args = parser.parse_args()
    for name in args.names:
        if name not in RUNS:
            parser.error(f"no run is called {name!r}; there are: {', '.join(RUNS)}")
    return args


if __name__ == "__main__":
    arguments = parse()
    for wanted in arguments.names or NETWORKS:
        run(arguments, wanted)
