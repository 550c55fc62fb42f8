"""Cuts people out of a photo, a folder of photos, a video or a camera.

python pipelines/predict.py                                     # the shipped model, on a sample photo
python pipelines/predict.py me.jpg --cutout                     # the shipped model, on your own
python pipelines/predict.py runs/short me.jpg --background beach.jpg
python pipelines/predict.py runs/short talk.mp4 --blur 15 --out talk_blurred.mp4
python pipelines/predict.py runs/short 0 --blur 15              # camera 0, until Ctrl-C
"""

import argparse
import sys

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="model name, .keras, run folder or .tflite (default: portraitnet)")
    parser.add_argument("source", nargs="?", help="photo, folder, video or camera index (default: a sample photo)")
    parser.add_argument("--out", metavar="F", help="file to write, or folder for a folder (default: in predictions/)")
    effect = parser.add_mutually_exclusive_group()
    effect.add_argument("--background", metavar="PHOTO", help="put the person in front of this photo")
    effect.add_argument("--blur", type=float, metavar="RADIUS", help="blur the background by this many pixels")
    effect.add_argument("--cutout", action="store_true", help="make the background transparent")
    parser.add_argument("--frames", type=int, metavar="N", help="stop a video or camera after N frames")
    return parser.parse_args()


def main(args):
    from tf_portrait.inference.predict import make_effect, predict
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.files import SHIPPED, is_model

    if args.source is None and args.model is not None and not is_model(args.model):
        args.model, args.source = None, args.model  # predict.py PHOTO
    segmenter = Segmenter(args.model or SHIPPED)
    effect = make_effect(args.background, args.blur, args.cutout)
    for path in predict(segmenter, args.source, effect, args.out, args.frames):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
