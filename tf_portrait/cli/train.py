"""Trains a portrait segmenter. Without --data it draws its own portraits, so it runs on a fresh machine.

{prog}
{prog} --recipe photos --data photos/ --val holdout/ --init imagenet
KERAS_BACKEND=jax {prog} --data shards/ --out shared/run --hosts 10.0.0.1:8476 2 0      (and 2 1 on the second machine)
"""

import argparse
import os
import sys
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli.masks import add_data_flag, add_mask_flags
from tf_portrait.quiet import quiet_keras


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    add_data_flag(parser)
    parser.add_argument("--val", metavar="DIR", help="photos to choose the best epoch by (default: a part of --data)")
    parser.add_argument("--recipe", help="recipe in tf_portrait/training/recipes (default: quickstart)")
    parser.add_argument(
        "--init", metavar="imagenet|FILE", help="imagenet, a .keras model, MobileNetV2 .h5, or .npz of the authors"
    )
    parser.add_argument("--backgrounds", metavar="DIR", help="photos without people, for replaced backgrounds")
    parser.add_argument("--out", metavar="DIR", help="folder of the run (default: runs/RECIPE)")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out (default: the newest)")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="change the recipe, e.g. epochs=5 augmentation.blur=3,5",
    )
    parser.add_argument(
        "--check",
        nargs="?",
        const="runs/check.png",
        metavar="F",
        help="look for faults in all photos and masks, draw some (PNG, default runs/check.png), and stop",
    )
    parser.add_argument(
        "--hosts",
        nargs="+",
        default=[],
        metavar=("FIRST:PORT", "COUNT NUMBER"),
        help="train together with other processes: the same command, another number (or auto): docs/scale.md",
    )
    add_mask_flags(parser)
    return parser


def main(args):
    quiet_keras(devices=not args.hosts)
    args = vars(args)
    prog = args.pop("prog")
    sheet = args.pop("check")
    from tf_portrait.data.doctor import format_reports
    from tf_portrait.training.processes import Gone
    from tf_portrait.training.train import check, train

    if sheet:
        from tf_portrait.evaluation.sheet import check_sheet
        from tf_portrait.inference.pictures import write_png

        reports = check(args["data"], val=args["val"], mask_values=args["mask_values"], ignore=args["ignore"])
        print(format_reports(reports))
        picture = check_sheet(reports)
        if picture is not None:
            write_png(sheet, picture)
            print(f"photos and masks as they are read: {sheet}")
        return 0 if all(report.healthy for report in reports) else 1
    try:
        summary = train(args.pop("data"), **args)
    except Gone as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        os._exit(2)  # at a plain exit JAX waits for the one that is gone, then aborts
    print(
        f"\nIoU before {summary['before']:.4f}, after {summary['after']:.4f} (epoch {summary['epoch']})\n"
        f"model          {summary['model']}\n"
        f"curves         {summary['curves']}\n"
        f"contact sheet  {summary['sheet']}\n"
        f"next           {prog.replace('train', 'predict')} {summary['run']} YOUR_PHOTO.jpg --cutout"
    )
    return 0
