"""Scores a model on photos with masks, each at its own size, and on frames where nobody is.

{prog} runs/photos --data photos/val --json scores.json --sheet worst.png
{prog} exports/photos/portraitnet_int8.tflite --data photos/val --peers selfie_segmentation.tflite
{prog} --data photos/val --peers selfie_segmentation.tflite --slices yunet.onnx
{prog} --nobody empty_rooms/
{prog} --suite suite.toml --peers portraitnet_fast selfie_segmentation.tflite --out suite
{prog} portraitnet_fast --video talk.mp4 --teacher portraitnet --peers runs/photos_video --data photos/val --out video
"""

import argparse
import sys
from argparse import RawDescriptionHelpFormatter as RAW
from pathlib import Path

from tf_portrait.cli import add_interface
from tf_portrait.cli.masks import add_mask_flags, values_of
from tf_portrait.errors import PortraitError


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("model", nargs="?", help="name, .keras, run folder or .tflite (default: portraitnet)")
    parser.add_argument("--data", metavar="DIR", help="folder with images/ and masks/, or a list file")
    parser.add_argument("--json", metavar="F", help="write means and the scores of every photo")
    parser.add_argument(
        "--sheet",
        metavar="F",
        help="write a contact sheet (PNG) of the worst photos; of --video, of a drawn hand that waves",
    )
    parser.add_argument("--worst", type=int, default=16, metavar="N", help="how many photos on it (default: 16)")
    parser.add_argument(
        "--peers",
        nargs="+",
        default=[],
        metavar="FILE",
        help="other models, or anyone's .tflite and .onnx files, beside it",
    )
    parser.add_argument("--robust", metavar="F", help="also on dark, noisy, turned .. photos; writes a plot (PNG)")
    parser.add_argument(
        "--nobody",
        nargs="?",
        const="",
        metavar="DIR",
        help="false person where nobody is: on drawn frames, and on photos without people in DIR",
    )
    parser.add_argument(
        "--slices",
        nargs="?",
        const="",
        metavar="YUNET",
        help="all, and by what is seen: faces, color of skin, size, light; faces by YuNet's .onnx, if you have it",
    )
    parser.add_argument("--without-photos", action="store_true", help="draw error maps on the sheet in place of photos")
    parser.add_argument(
        "--suite",
        metavar="F",
        help=".toml of several sets, or a folder of them: clean, corrupted, and nobody's pictures",
    )
    parser.add_argument(
        "--video",
        nargs="*",
        metavar="CLIP",
        help="how still masks hold: in drawn videos, in photos of --data that are moved, and in clips",
    )
    parser.add_argument("--teacher", metavar="MODEL", help="of --video: its masks are taken for true in the clips")
    parser.add_argument("--videos", type=int, default=2, metavar="N", help="of --video: drawn people (default: 2)")
    parser.add_argument("--photos", type=int, default=6, metavar="N", help="of --video: photos moved (default: 6)")
    parser.add_argument("--frames", type=int, default=120, metavar="N", help="of --video: of each clip (default: 120)")
    parser.add_argument("--out", metavar="F", help="of --suite and --video: writes F.md, F.json and F.png")
    add_interface(parser)
    add_mask_flags(parser)
    return parser


def main(args):
    from tf_portrait.data.faces import face_finder
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.files import write_json

    if args.suite:
        return whole_suite(args)
    if args.video is not None:
        return videos(args)
    if args.data is None and args.nobody is None:
        raise PortraitError("--data DIR with images/ and masks/, --nobody [DIR] or --suite F: one of them is needed")
    if args.data is None and (args.sheet or args.robust or args.slices is not None):
        raise PortraitError("--sheet, --robust and --slices need --data DIR with images/ and masks/")
    if args.sheet and (args.peers or args.robust):
        raise PortraitError(f"--sheet {args.sheet} is of one model; leave out --peers and --robust")
    faces = None if args.slices is None else face_finder(args.slices or None)
    listing = list_pairs(args.data, values_of(args)) if args.data else None
    result, unreadable = {}, []
    if listing and not (args.peers or args.robust):
        result = alone(args, listing.pairs)
        unreadable = result["unreadable"]
    if (args.peers and args.slices is None) or args.robust or args.nobody is not None:
        result |= beside_peers(args, listing.pairs if listing else (), unreadable)
    if faces:
        result["slices"] = sliced(args, listing.pairs, *faces)
    if args.json:
        write_json(args.json, result)
    return say_left_out(listing, unreadable)


def alone(args, pairs):
    """All metrics of one model, and the sheet of its worst photos."""
    from tf_portrait.evaluation.scores import evaluate, format_means
    from tf_portrait.evaluation.sheet import worst_sheet
    from tf_portrait.inference.pictures import write_png
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED

    segmenter = Segmenter(args.model or SHIPPED, input_range=args.input_range, output=args.output)
    result = evaluate(segmenter, pairs)
    print(format_means(result))
    if args.sheet:
        scored = {photo["photo"] for photo in result["photos"]}
        pairs = [pair for pair in pairs if str(pair.image) in scored]
        write_png(args.sheet, worst_sheet(segmenter, pairs, result, args.worst, not args.without_photos))
        print(f"worst photos: {args.sheet}")
    return result


def whole_suite(args):
    from tf_portrait.evaluation.comparison import open_all
    from tf_portrait.evaluation.suite import draw_suite, format_suite, read_suite, run_suite
    from tf_portrait.files import write_json, write_text
    from tf_portrait.models.archive import SHIPPED

    suite = read_suite(args.suite)
    result = run_suite(open_all([args.model or SHIPPED, *args.peers], args.input_range, args.output), suite)
    table, out = format_suite(result), Path(args.out or "suite")
    print(table)
    write_text(out.with_suffix(".md"), table + "\n")
    write_json(out.with_suffix(".json"), result)
    draw_suite(out.with_suffix(".png"), result)
    print(f"wrote {out}.md, .json, .png")
    return 0


def videos(args):
    from tf_portrait.evaluation.comparison import open_all
    from tf_portrait.evaluation.video.compare import compare_videos, write_videos
    from tf_portrait.evaluation.video.sequences import check_request, drawn, sequences_of
    from tf_portrait.evaluation.video.sheet import video_sheet
    from tf_portrait.inference.pictures import write_png
    from tf_portrait.inference.segmenter import Segmenter
    from tf_portrait.models.archive import SHIPPED

    check_request(args.video, args.teacher, args.videos, args.photos, args.frames)
    segmenters = open_all([args.model or SHIPPED, *args.peers], args.input_range, args.output)
    teacher = Segmenter(args.teacher) if args.teacher else None
    sequences = sequences_of(args.videos, args.data, args.photos, args.video, teacher, args.frames)
    print(write_videos(args.out or "video", *compare_videos(segmenters, sequences)))
    if args.sheet:
        write_png(args.sheet, video_sheet(segmenters, drawn("wave", 0)))
        print(f"sheet: {args.sheet}")
    return 0


def beside_peers(args, pairs, unreadable):
    """The tables of several models; returns them under "comparison", "robustness" and "nobody"."""
    from tf_portrait.evaluation.comparison import compare, format_comparison, open_all
    from tf_portrait.evaluation.nobody import format_nobody, nobody
    from tf_portrait.evaluation.robustness import draw_robustness, format_robustness, robustness
    from tf_portrait.models.archive import SHIPPED

    segmenters = open_all([args.model or SHIPPED, *args.peers], args.input_range, args.output)
    result = {}
    if args.peers and pairs and not args.robust and args.slices is None:
        result["comparison"] = compare(segmenters, pairs, unreadable=unreadable)
        print(format_comparison(result["comparison"]))
    if args.robust or args.nobody is not None:
        result["nobody"] = nobody(segmenters, args.nobody)
    if args.robust:
        result["robustness"] = robustness(segmenters, pairs, unreadable=unreadable)
        print(format_robustness(result["robustness"], result["nobody"]))
        draw_robustness(args.robust, result["robustness"])
        print(f"plot: {args.robust}")
    if args.nobody is not None:
        print(format_nobody(result["nobody"]))
    return result


def sliced(args, pairs, find, words):
    """The table of slices of all models; find and words: of face_finder."""
    from tf_portrait.evaluation.comparison import open_all
    from tf_portrait.evaluation.slices import compare_slices, format_slices
    from tf_portrait.models.archive import SHIPPED

    result = compare_slices(open_all([args.model or SHIPPED, *args.peers], args.input_range, args.output), pairs, find)
    print(f"faces: {words}\n{format_slices(result)}")
    return result


def say_left_out(listing, unreadable):
    """Names on stderr what was not scored; returns the exit code, 1 if a photo could not be read."""
    if listing:
        for found, what in ((listing.without_mask, "without a mask"), (listing.ambiguous, "whose mask is unclear")):
            if found:
                print(f"left out: {len(found)} photos {what}, e.g. {found[0]}", file=sys.stderr)
    for why in unreadable:
        print(f"left out: {why}", file=sys.stderr)
    return 1 if unreadable else 0
