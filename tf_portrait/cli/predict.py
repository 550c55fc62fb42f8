"""Cuts people out of photos, folders of photos, videos or a camera.

{prog}                                     # the shipped model, on a sample photo
{prog} me.jpg --cutout                     # the shipped model, on your own
{prog} a.jpg b.jpg holiday/ --cutout --out results/
{prog} runs/photos me.jpg --background beach.jpg
{prog} runs/photos talk.mp4 --blur 15 --out talk_blurred.mp4
{prog} runs/photos 0 --blur 15              # camera 0, until Ctrl-C
"""

import argparse
import os
import sys
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli import add_interface


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[model] source",
        help="a model's name, .keras, run folder or .tflite (default: portraitnet), then photos, folders, lists "
        '(.txt), videos, patterns ("*.jpg") or a camera\'s index (default: a sample photo)',
    )
    parser.add_argument("--out", metavar="F", help="file to write, or folder (default: in predictions/)")
    effect = parser.add_mutually_exclusive_group()
    effect.add_argument("--background", metavar="PHOTO", help="put the person in front of this photo")
    effect.add_argument("--color", metavar="COLOR", help="put the person on plain ground: white, #00ff00, ...")
    effect.add_argument("--blur", type=float, metavar="RADIUS", help="blur the background by this many pixels")
    effect.add_argument("--cutout", action="store_true", help="make the background transparent")
    parser.add_argument("--frames", type=int, metavar="N", help="stop a video or camera after N frames")
    add_interface(parser)
    return parser


def main(args):
    from tf_portrait.inference.predict import make_effect, predict
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED

    model, sources = model_and_sources(args.words)
    effect = make_effect(args.background, args.blur, args.cutout, args.color)
    read = [path for path in (args.background, model) if path is not None and os.path.isfile(path)]
    failed = []
    segmenter = Segmenter(model or SHIPPED, input_range=args.input_range, output=args.output)
    for made in predict(segmenter, sources, effect, args.out, args.frames, read):
        if made.path is None:
            failed += made.remarks
            continue
        print(made.path)
        for remark in made.remarks:
            print(remark, file=sys.stderr)
    for reason in failed:
        print(f"left out: {reason}", file=sys.stderr)
    return 1 if failed else 0


def model_and_sources(words):
    """The first word is the model if it means one, or if it can be nothing else."""
    from tf_portrait.models.archive import is_model

    if words and (is_model(words[0]) or (len(words) > 1 and not _is_source(words[0]))):
        return words[0], words[1:]
    return None, words


def _is_source(word):
    import glob

    return word.isdigit() or os.path.exists(word) or glob.has_magic(word) or bool(os.path.splitext(word)[1])
