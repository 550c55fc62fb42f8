"""Cuts people out of photos, folders of photos, videos or a camera.

{prog}                                     # the shipped model, on a sample photo
{prog} me.jpg --cutout                     # the shipped model, on your own
{prog} a.jpg b.jpg holiday/ --cutout --out results/
{prog} runs/photos me.jpg --background beach.jpg
{prog} runs/photos talk.mp4 --blur 15 --out talk_blurred.mp4
{prog} runs/photos 0 --blur 15              # camera 0, until Ctrl-C
{prog} runs/photos shards/ --out masks/ --engine ray
"""

import argparse
import os
import sys
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli import add_engine, add_interface


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[model] source",
        help="a model's name, .keras, run folder or .tflite (default: portraitnet), then photos, folders, lists "
        '(.txt), videos, patterns ("*.jpg"), a folder of shards or a camera\'s index (default: a sample photo)',
    )
    parser.add_argument("--out", metavar="F", help="file to write, or folder (default: in predictions/)")
    effect = parser.add_mutually_exclusive_group()
    effect.add_argument("--background", metavar="PHOTO", help="put the person in front of this photo")
    effect.add_argument("--color", metavar="COLOR", help="put the person on plain ground: white, #00ff00, ...")
    effect.add_argument("--blur", type=float, metavar="RADIUS", help="blur the background by this many pixels")
    effect.add_argument("--cutout", action="store_true", help="make the background transparent")
    parser.add_argument("--frames", type=int, metavar="N", help="stop a video or camera after N frames")
    add_engine(parser)
    add_interface(parser)
    return parser


def main(args):
    from tf_portrait.data.shards import is_shards

    model, sources = model_and_sources(args.words)
    options = {"background": args.background, "blur": args.blur, "cutout": args.cutout, "color": args.color}
    read = [path for path in (args.background, model) if path is not None and os.path.isfile(path)]
    in_bulk = args.engine == "ray" or any(is_shards(source) for source in sources)
    failed = (_in_bulk if in_bulk else _one_by_one)(args, model, sources, options, read)
    for reason in failed:
        print(f"left out: {reason}", file=sys.stderr)
    return 1 if failed else 0


def _one_by_one(args, model, sources, options, read):
    """Predicts and prints what is written; returns why something was not."""
    from tf_portrait.inference.predict import make_effect, predict
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED

    effect, failed = make_effect(**options), []
    segmenter = Segmenter(model or SHIPPED, input_range=args.input_range, output=args.output)
    for made in predict(segmenter, sources, effect, args.out, args.frames, read):
        if made.path is None:
            failed += made.remarks
            continue
        print(made.path)
        for remark in made.remarks:
            print(remark, file=sys.stderr)
    return failed


def _in_bulk(args, model, sources, options, read):
    """The same by many workers; prints how many are written."""
    from tf_portrait.inference.bulk import failures
    from tf_portrait.inference.bulk_predict import predict_in_bulk
    from tf_portrait.inference.plan import OUTPUT
    from tf_portrait.models.archive import SHIPPED

    interface = {"input_range": args.input_range, "output": args.output}
    entries = predict_in_bulk(model or SHIPPED, sources, options, args.out, args.frames, read, args.engine, **interface)
    for remark in (remark for entry in entries.values() for remark in entry.get("remarks", ())):
        print(remark, file=sys.stderr)
    failed = failures(entries)
    print(f"{args.out or OUTPUT}: {len(entries) - len(failed)} of {len(entries)} done")
    return failed


def model_and_sources(words):
    """The first word is the model if it means one, or if it can be nothing else."""
    from tf_portrait.models.archive import is_model

    if words and (is_model(words[0]) or (len(words) > 1 and not _is_source(words[0]))):
        return words[0], words[1:]
    return None, words


def _is_source(word):
    import glob

    return word.isdigit() or os.path.exists(word) or glob.has_magic(word) or bool(os.path.splitext(word)[1])
