"""Compares networks: size, cost, time on a CPU, accuracy on photos, each beside what its paper prints.

{prog}                                  (all networks untrained, the shipped PortraitNet)
{prog} portraitnet runs/sinet runs/elb --data photos/val --out scoreboard
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.quiet import quiet_keras


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("names", nargs="*", metavar="NAME", help="network, run folder, .keras file or shipped model")
    parser.add_argument("--size", type=int, default=224, help="pixels of networks that are not trained (default: 224)")
    parser.add_argument("--threads", type=int, default=1, help="of the interpreter (default: 1)")
    parser.add_argument("--data", metavar="DIR", help="photos with masks to score trained networks on")
    parser.add_argument("--out", default="scoreboard", metavar="F", help="writes F.md, F.json and F.png")
    return parser


def main(args):
    quiet_keras()
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.evaluation.scoreboard import draw_scoreboard, files_of, format_scoreboard, scoreboard
    from tf_portrait.files import write_json, write_text
    from tf_portrait.models import NETWORKS

    pairs = list_pairs(args.data).pairs if args.data else ()
    rows = scoreboard(args.names or list(NETWORKS), args.size, args.threads, pairs)
    table, (markdown, data, plot) = format_scoreboard(rows, args.threads), files_of(args.out)
    print(table)
    write_text(markdown, table + "\n")
    write_json(data, rows)
    drawn = draw_scoreboard(plot, rows)
    print(f"wrote {markdown}, {data}" + (f", {plot}" if drawn else "; a plot needs --data and trained networks"))
    return 0
