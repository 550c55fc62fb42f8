"""Cuts upper bodies with their surroundings out of photos of whole people, photos and masks alike.

{prog} street --out street_crops --faces yunet_n_640_640.onnx
SINet's way to more portraits: a face is found, and the cut is a multiple of its height. Look at what comes out.
"""

import sys

from tf_portrait.cli.masks import add_mask_flags, values_of


def add_arguments(parser):
    parser.add_argument("data", help="photos of people with masks: a folder, or a list file")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write images/ and masks/ to")
    parser.add_argument(
        "--faces",
        metavar="FILE",
        help="YuNet's .onnx (default: OpenCV's Haar cascade where it has one, else the upper half of each person)",
    )
    parser.add_argument(
        "--heights",
        type=float,
        nargs="+",
        default=[4.2, 7.2],
        metavar="H",
        help="cuts of each person, in heights of the face (default: 4.2 for head and shoulders, 7.2 for half the body)",
    )
    parser.add_argument("--smallest", type=int, default=32, metavar="PX", help="leave lower faces out (default: 32)")
    add_mask_flags(parser)


def run(args):
    from tf_portrait.data.crop import crop_people
    from tf_portrait.data.faces import face_finder

    find, words = face_finder(args.faces)
    print(f"faces: {words}")
    unreadable = []
    done = crop_people(args.data, args.out, find, args.heights, args.smallest, values_of(args), unreadable)
    print(f"{args.out}: {done.cuts} cuts of {done.photos} photos; {done.faceless} without a face in the mask")
    for why in unreadable:
        print(f"left out: {why}", file=sys.stderr)
    return 1 if unreadable else 0
