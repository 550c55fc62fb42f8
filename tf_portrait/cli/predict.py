"""Cuts people out of a photo, a folder of photos, a video or a camera.

{prog}                                     # the shipped model, on a sample photo
{prog} me.jpg --cutout                     # the shipped model, on your own
{prog} runs/short me.jpg --background beach.jpg
{prog} runs/short talk.mp4 --blur 15 --out talk_blurred.mp4
{prog} runs/short 0 --blur 15              # camera 0, until Ctrl-C
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli import add_interface


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("model", nargs="?", help="model name, .keras, run folder or .tflite (default: portraitnet)")
    parser.add_argument("source", nargs="?", help="photo, folder, video or camera index (default: a sample photo)")
    parser.add_argument("--out", metavar="F", help="file to write, or folder for a folder (default: in predictions/)")
    effect = parser.add_mutually_exclusive_group()
    effect.add_argument("--background", metavar="PHOTO", help="put the person in front of this photo")
    effect.add_argument("--blur", type=float, metavar="RADIUS", help="blur the background by this many pixels")
    effect.add_argument("--cutout", action="store_true", help="make the background transparent")
    parser.add_argument("--frames", type=int, metavar="N", help="stop a video or camera after N frames")
    add_interface(parser)
    return parser


def main(args):
    from tf_portrait.inference.predict import make_effect, predict
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED, is_model

    if args.source is None and args.model is not None and not is_model(args.model):
        args.model, args.source = None, args.model  # predict.py PHOTO
    segmenter = Segmenter(args.model or SHIPPED, input_range=args.input_range, output=args.output)
    effect = make_effect(args.background, args.blur, args.cutout)
    for path in predict(segmenter, args.source, effect, args.out, args.frames):
        print(path)
    return 0
