"""Scores a model on photos with masks, each at its own size.

{prog} runs/short --data photos/val --json scores.json --sheet worst.png
{prog} exports/short/portraitnet_int8.tflite --data photos/val --peers selfie_segmentation.tflite
{prog} --suite suite.toml --peers portraitnet_fast selfie_segmentation.tflite --out suite
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW
from pathlib import Path

from tf_portrait.quiet import quiet_keras


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
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
    return parser


def main(args):
    quiet_keras()
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.evaluation.scores import evaluate, format_means
    from tf_portrait.evaluation.sheet import worst_sheet
    from tf_portrait.files import write_json
    from tf_portrait.inference.pictures import write_png
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED

    if args.suite:
        return whole_suite(args)
    segmenter = Segmenter(args.model or SHIPPED)
    pairs = list_pairs(args.data).pairs
    if args.peers or args.robust:
        return beside_peers(args, segmenter, pairs)
    result = evaluate(segmenter, pairs, segmenter.threshold)
    print(format_means(result))
    if args.json:
        write_json(args.json, result)
    if args.sheet:
        write_png(args.sheet, worst_sheet(segmenter, pairs, result, args.worst, not args.without_photos))
        print(f"worst photos: {args.sheet}")
    return 0


def short(path):
    """The name in a table; every export of a PortraitNet has the same file name."""
    return str(Path(*Path(path).parts[-2:]))


def whole_suite(args):
    from tf_portrait.evaluation.comparison import open_any
    from tf_portrait.evaluation.suite import draw_suite, format_suite, read_suite, run_suite
    from tf_portrait.files import write_json, write_text
    from tf_portrait.models.archive import SHIPPED

    suite = read_suite(args.suite)
    result = run_suite({short(path): open_any(path) for path in (args.model or SHIPPED, *args.peers)}, suite)
    table, out = format_suite(result), Path(args.out)
    print(table)
    write_text(out.with_suffix(".md"), table + "\n")
    write_json(out.with_suffix(".json"), result)
    draw_suite(out.with_suffix(".png"), result)
    print(f"wrote {out}.md, .json, .png")
    return 0


def beside_peers(args, segmenter, pairs):
    from tf_portrait.evaluation.comparison import compare, format_comparison, open_any
    from tf_portrait.evaluation.robustness import draw_robustness, format_robustness, robustness
    from tf_portrait.models.archive import SHIPPED

    segmenters = {short(args.model or SHIPPED): segmenter, **{short(path): open_any(path) for path in args.peers}}
    if not args.robust:
        print(format_comparison(compare(segmenters, pairs)))
        return 0
    table = robustness(segmenters, pairs)
    print(format_robustness(table))
    draw_robustness(args.robust, table)
    print(f"plot: {args.robust}")
    return 0
