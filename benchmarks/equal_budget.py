"""All networks trained alike and for the same time, for the comparison in the README and docs/papers.md.

Same photos, augmentation, optimizer, batch and minutes; each network has the losses of its paper, and starts from
random weights unless its name says otherwise. A step is timed first, and the minutes give the number of steps.
Two-stage networks have half of the minutes for each stage. Existing runs are kept.
    python benchmarks/equal_budget.py --data DIR [DIR ...] --val DIR --encoder mobilenetv2_notop.h5 --minutes 9
    python benchmarks/equal_budget.py ... --steps 500 m b c full     # PortraitNet's ablation: as many photos for each
    python pipelines/benchmark.py runs/equal/sinet runs/equal/elb ... --data DIR
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
from training import StepTimes

import tf_portrait as tp
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.store import Cached
from tf_portrait.training.loop import build_networks, compile_trainer, epoch_dataset
from tf_portrait.training.recipe import override
from tf_portrait.training.recipes import get_recipe

RECIPE, EPOCHS, PROBE = "photos", 3, 14
SHARED = ("init=", "low_size=None", f"epochs={EPOCHS}", "warmup_epochs=0.3")
SINET = ("network=sinet", "objective=sinet", "init={out}/sinet_encoder")
AT_160 = ("init={encoder}", "size=160")
# Name: part of the minutes, and what differs from the shared recipe.
RUNS = {
    "portraitnet": (1.0, ("objective=full",)),
    "portraitnet_imagenet": (1.0, ("objective=full", "init={encoder}")),
    "sinet_encoder": (0.5, ("network=sinet", "options.stage=encoder", "objective=sinet_encoder")),
    "sinet": (0.5, SINET),
    "elb": (1.0, ("network=elb", "objective=elb", "boundary=distance")),
    "banet_first": (0.5, ("network=banet", "objective=banet", "boundary=adaptive")),
    "banet": (0.5, ("network=banet", "objective=banet_refine", "boundary=adaptive", "init={out}/banet_first")),
    "bisenet": (1.0, ("network=bisenet", "objective=M")),
    "elb_512": (1.0, ("network=elb", "objective=elb", "boundary=distance", "size=512")),
    "sinet_reversed": (0.5, (*SINET, "options.decoder=reversed")),
    "sinet_none": (0.5, (*SINET, "options.decoder=none")),
}
ABLATION = {  # Table 1 of PortraitNet
    "m": (*AT_160, "objective=M"),
    "b": (*AT_160, "objective=B"),
    "c": (*AT_160, "objective=C"),
    "full": (*AT_160, "objective=full"),
}


def seconds_a_step(recipe):
    """Of training on drawn portraits, as large as photos are after reading."""
    batches = Batches(Cached(SyntheticPortraits(32, 512)), dataclasses.replace(recipe, steps=PROBE))
    trainer, times = compile_trainer(build_networks(recipe)[0], recipe, 0, PROBE), StepTimes()
    trainer.fit(epoch_dataset(batches, 0), steps_per_epoch=PROBE, shuffle=False, callbacks=[times], verbose=0)
    return float(np.median(times.seconds[3:]))  # the first ones hold the compiler's work


def run(args, name):
    part, changes = RUNS[name] if name in RUNS else (1.0, ABLATION[name])
    out = Path(args.out)
    changes = [*SHARED, *(change.format(out=out, encoder=args.encoder) for change in changes)]
    steps = args.steps
    if steps is None:
        second = seconds_a_step(override(get_recipe(RECIPE), changes))
        steps = int(args.minutes * part * 60 / second)
    keras.backend.clear_session()
    started = time.perf_counter()
    changes = [*changes, f"steps={max(1, steps // EPOCHS)}"]
    summary = tp.train(args.data, recipe=RECIPE, val=args.val, out=out / name, set=changes, progress=False)
    minutes = (time.perf_counter() - started) / 60
    batch = get_recipe(RECIPE).batch
    print(f"{name}: {steps // EPOCHS * EPOCHS * batch} photos, {minutes:.1f} minutes, IoU {summary['after']:.4f}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join((*RUNS, *ABLATION))}")
    parser.add_argument("--data", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--val", required=True, metavar="DIR")
    parser.add_argument("--encoder", metavar="FILE", default="imagenet", help="ImageNet weights of MobileNetV2")
    parser.add_argument("--minutes", type=float, default=9.0, help="of training for each network")
    parser.add_argument("--steps", type=int, help="of 16 photos, in place of --minutes")
    parser.add_argument("--out", metavar="DIR", default="runs/equal")
    args = parser.parse_args()
    for name in args.names:
        if name not in (*RUNS, *ABLATION):
            parser.error(f"no run is called {name!r}; there are: {', '.join((*RUNS, *ABLATION))}")
    return args


if __name__ == "__main__":
    arguments = parse()
    for wanted in arguments.names or RUNS:
        if not (Path(arguments.out) / wanted / "summary.json").exists():
            run(arguments, wanted)
