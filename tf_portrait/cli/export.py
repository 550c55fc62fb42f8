"""Turns a trained model into files for Android and iPhone, and proves each of them on photos.

{prog}                                        # the newest run, with its own photos
{prog} runs/photos --data photos --val holdout
{prog} selfie --size 224                      # faster than at the 256 pixels that it was trained at
{prog} portraitnet --android android_demo --ios ios_demo --web web_demo     # and into the demos
Writes float32, float16 and int8 .tflite, .mlpackage and .mlmodel, a contract for the apps, a report, a model card and a
sheet of the worst photos. Exits with 1 if a gate is missed or a format cannot be made, and says which.
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli.masks import add_data_flag
from tf_portrait.quiet import quiet_keras

FORMATS = ("float32", "float16", "int8", "mlpackage", "mlmodel")


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("model", nargs="?", help=".keras file or run folder (default: the newest run)")
    parser.add_argument("--size", type=int, metavar="PX", help="of the files' input (default: as it was trained)")
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: exports/NAME)")
    add_data_flag(parser, ", to calibrate and train on (default: those of the run, else drawn portraits)")
    parser.add_argument("--val", metavar="DIR", help="photos to judge on (default: the run's, else a tenth of --data)")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS, help="default: all of them")
    parser.add_argument("--qat-epochs", type=int, metavar="N", help="0 only calibrates (default: 3 with real photos)")
    parser.add_argument("--qat-learning-rate", type=float, metavar="R", help="default: 3e-5")
    parser.add_argument("--resume", action="store_true", help="go on with a quantization-aware training in --out")
    parser.add_argument("--ptq", action="store_true", help="also the post-training int8 file, to compare")
    parser.add_argument("--sensitivity", action="store_true", help="also a table and chart of what each layer costs")
    parser.add_argument("--keep-float", nargs="+", default=[], metavar="LAYER", help="layers that stay float in int8")
    parser.add_argument(
        "--compress", nargs="+", choices=("linear8", "palette6"), default=[], help="also Core ML with smaller weights"
    )
    parser.add_argument("--gate-iou-drop", type=float, default=0.002, metavar="D", help="of int8 (default: 0.002)")
    parser.add_argument("--gate-f1-drop", type=float, default=0.005, metavar="D", help="of int8 (default: 0.005)")
    parser.add_argument("--android", metavar="DIR", help="also copy what the demo app needs into it: android_demo")
    parser.add_argument("--ios", metavar="DIR", help="also copy what the iPhone's demo app needs into it: ios_demo")
    parser.add_argument("--web", metavar="DIR", help="also copy what the page needs into it: web_demo")
    return parser


def main(args):
    quiet_keras()
    from tf_portrait.exporting.exporter import export
    from tf_portrait.exporting.report import format_summary

    args = vars(args)
    args.pop("prog")
    report = export(args.pop("model"), **args)
    print(format_summary(report))
    return 0 if report["passed"] else 1
