"""Scores a model on photos with masks, each at its own size.

python pipelines/evaluate.py runs/short --data photos/val --json scores.json --sheet worst.png
"""

import argparse
import json
import sys
from pathlib import Path

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help=".keras file or run folder (default: the newest run)")
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with images/ and masks/, or a list file")
    parser.add_argument("--json", metavar="F", help="write means and the scores of every photo")
    parser.add_argument("--sheet", metavar="F", help="write a contact sheet (PNG) of the worst photos")
    parser.add_argument("--worst", type=int, default=16, metavar="N", help="how many photos on it (default: 16)")
    parser.add_argument("--without-photos", action="store_true", help="draw error maps on the sheet in place of photos")
    return parser.parse_args()


def main(args):
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.evaluation import evaluate, format_means
    from tf_portrait.inference.pictures import write_png
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.inference.sheet import worst_sheet
    from tf_portrait.models.files import write_atomically

    segmenter = Segmenter(args.model)
    pairs = list_pairs(args.data).pairs
    result = evaluate(segmenter, pairs, segmenter.threshold)
    print(format_means(result))
    if args.json:
        write_atomically(args.json, lambda temporary: Path(temporary).write_text(json.dumps(result, indent=1)))
    if args.sheet:
        write_png(args.sheet, worst_sheet(segmenter, pairs, result, args.worst, not args.without_photos))
        print(f"worst photos: {args.sheet}")
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
