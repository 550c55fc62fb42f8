"""Makes a data set with a teacher's masks, from photos without masks or with masks that leave a part of people out.

python pipelines/pseudo_label.py unlabeled --teacher selfie_segmentation.tflite --out unlabeled_labeled
python pipelines/pseudo_label.py faces --complete --teacher selfie_segmentation.tflite --out faces_whole
Photos on which the teacher is unsure are left out. Look at what comes out before you train on it.
"""

import argparse
import sys

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder of photos; with --complete, of images/ and masks/")
    parser.add_argument("--teacher", default="portraitnet", help="ours or a peer's file (default: portraitnet)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write images/ and masks/ to")
    parser.add_argument("--complete", action="store_true", help="add what the teacher sees to the masks that are there")
    return parser.parse_args()


def main(args):
    from tf_portrait.comparison import open_any
    from tf_portrait.data.pseudo import complete_masks, label_photos

    teacher = open_any(args.teacher)
    if args.complete:
        print(f"{args.out}: the teacher added {complete_masks(teacher, args.data, args.out):.2%} of the pixels")
    else:
        written, left = label_photos(teacher, args.data, args.out)
        print(f"{args.out}: {written} photos with masks; {left} left out, the teacher is unsure")
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
