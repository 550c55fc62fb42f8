"""Scores a model on photos with masks, each at its own size.

python pipelines/evaluate.py runs/short --data photos/val --json scores.json --sheet worst.png
python pipelines/evaluate.py exports/short/portraitnet_int8.tflite --data photos/val --peers selfie_segmentation.tflite
python pipelines/evaluate.py --suite suite.toml --peers portraitnet_fast selfie_segmentation.tflite --out suite
"""

import argparse
import json
import sys
from pathlib import Path

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="name, .keras, run folder or .tflite (default: portraitnet)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", metavar="DIR", help="folder with images/ and masks/, or a list file")
    what.add_argument(
        "--suite",
        metavar="F",
        help=".toml of several sets, or a folder of them: clean, corrupted, and nobody's pictures",
    )
    parser.add_argument("--out", default="suite", metavar="F", help="of --suite: writes F.md, F.json and F.png")
    parser.add_argument("--json", metavar="F", help="write means and the scores of every photo")
    parser.add_argument("--sheet", metavar="F", help="write a contact sheet (PNG) of the worst photos")
    parser.add_argument("--worst", type=int, default=16, metavar="N", help="how many photos on it (default: 16)")
    parser.add_argument(
        "--peers",
        nargs="+",
        default=[],
        metavar="FILE",
        help="other models, or anyone's .tflite and .onnx files, beside it",
    )
    parser.add_argument("--robust", metavar="F", help="also on dark, noisy, turned .. photos; writes a plot (PNG)")
    parser.add_argument("--without-photos", action="store_true", help="draw error maps on the sheet in place of photos")
    return parser.parse_args()


def main(args):
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.evaluation import evaluate, format_means
    from tf_portrait.inference.pictures import write_png
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.inference.sheet import worst_sheet
    from tf_portrait.models.files import SHIPPED, write_atomically

    if args.suite:
        return whole_suite(args)
    segmenter = Segmenter(args.model or SHIPPED)
    pairs = list_pairs(args.data).pairs
    if args.peers or args.robust:
        return beside_peers(args, segmenter, pairs)
    result = evaluate(segmenter, pairs, segmenter.threshold)
    print(format_means(result))
    if args.json:
        write_atomically(args.json, lambda temporary: Path(temporary).write_text(json.dumps(result, indent=1)))
    if args.sheet:
        write_png(args.sheet, worst_sheet(segmenter, pairs, result, args.worst, not args.without_photos))
        print(f"worst photos: {args.sheet}")
    return 0


def short(path):
    """The name in a table; every export of a PortraitNet has the same file name."""
    return str(Path(*Path(path).parts[-2:]))


def whole_suite(args):
    from tf_portrait.comparison import open_any
    from tf_portrait.models.files import SHIPPED, write_atomically
    from tf_portrait.suite import draw_suite, format_suite, read_suite, run_suite

    suite = read_suite(args.suite)
    result = run_suite({short(path): open_any(path) for path in (args.model or SHIPPED, *args.peers)}, suite)
    table, out = format_suite(result), Path(args.out)
    print(table)
    write_atomically(out.with_suffix(".md"), lambda temporary: Path(temporary).write_text(table + "\n"))
    write_atomically(
        out.with_suffix(".json"), lambda temporary: Path(temporary).write_text(json.dumps(result, indent=1))
    )
    draw_suite(out.with_suffix(".png"), result)
    print(f"wrote {out}.md, .json, .png")
    return 0


def beside_peers(args, segmenter, pairs):
    from tf_portrait.comparison import compare, format_comparison, open_any
    from tf_portrait.models.files import SHIPPED
    from tf_portrait.robustness import draw_robustness, format_robustness, robustness

    segmenters = {short(args.model or SHIPPED): segmenter, **{short(path): open_any(path) for path in args.peers}}
    if not args.robust:
        print(format_comparison(compare(segmenters, pairs)))
        return 0
    table = robustness(segmenters, pairs)
    print(format_robustness(table))
    draw_robustness(args.robust, table)
    print(f"plot: {args.robust}")
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
