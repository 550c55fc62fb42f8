"""Makes a data set with a teacher's masks, from photos without masks, or from a data set whose masks it mends.

{prog} unlabeled --teacher selfie_segmentation.tflite --out unlabeled_labeled
{prog} faces --complete --teacher selfie_segmentation.tflite --out faces_whole
{prog} selfies --soften 0.5 --teacher portraitnet peer.tflite --out selfies_soft
Photos on which the teacher is unsure are left out. Look at what comes out before you train on it: pipelines/review.py.
"""

import argparse
import sys
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli import add_engine
from tf_portrait.cli.masks import add_mask_flags, values_of
from tf_portrait.errors import PortraitError


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("data", help="folder of photos; with --complete or --soften, a data set")
    parser.add_argument(
        "--teacher", nargs="+", default=["portraitnet"], help="ours or a peer's, or several (default: portraitnet)"
    )
    parser.add_argument(
        "--agree",
        type=float,
        default=0.0,
        metavar="IOU",
        help="leave photos out where two teachers (or one and its answer to the mirror image) agree less, e.g. 0.95",
    )
    parser.add_argument(
        "--unsure", action="store_true", help="keep what is left out otherwise: for pipelines/review.py"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write images/ and masks/ to")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--complete", action="store_true", help="add what the teacher sees to the masks that are there")
    what.add_argument("--soften", type=float, metavar="W", help="move the masks by W, 0..1, towards the teacher")
    what.add_argument("--soft", action="store_true", help="write probabilities in place of 0 and 255")
    add_engine(parser)
    add_mask_flags(parser)
    return parser


def main(args):
    from tf_portrait.inference.bulk_label import label_in_bulk
    from tf_portrait.inference.pseudo import complete_masks, label_photos, soften_masks, together
    from tf_portrait.inference.segmenter import Segmenter

    if (args.agree or args.unsure) and (args.complete or args.soften is not None):
        flag = f"--agree {args.agree}" if args.agree else "--unsure"
        raise PortraitError(f"{flag}: is for photos without masks; leave it out here")
    if args.engine == "ray" and (args.complete or args.soften is not None):
        raise PortraitError("--engine ray: is for photos without masks; leave it out here")
    teachers = [Segmenter(path) for path in args.teacher]
    teacher = together(teachers)
    values, unreadable = values_of(args), []
    if args.complete:
        added = complete_masks(teacher, args.data, args.out, values=values, unreadable=unreadable)
        print(f"{args.out}: the teacher added {added:.2%} of the pixels")
    elif args.soften is not None:
        apart = soften_masks(teacher, args.data, args.out, args.soften, values=values, unreadable=unreadable)
        print(f"{args.out}: teacher and masks disagree on {apart:.2%} of the pixels")
    else:
        label, by = (label_photos, teachers) if args.engine == "loop" else (label_in_bulk, args.teacher)
        written, left = label(by, args.data, args.out, args.agree, args.unsure, args.soft, unreadable=unreadable)
        print(f"{args.out}: {written} photos with masks; {left} left out, the teacher is unsure")
    for why in unreadable:
        print(f"left out: {why}", file=sys.stderr)
    return 1 if unreadable else 0
