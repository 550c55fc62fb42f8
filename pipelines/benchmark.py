"""Compares networks: size, cost, time on a CPU, accuracy on photos, each beside what its paper prints.

python pipelines/benchmark.py                                  (all networks untrained, the shipped PortraitNet)
python pipelines/benchmark.py portraitnet runs/sinet runs/elb --data photos/val --out scoreboard
"""

import argparse
import json
import sys
from pathlib import Path

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="network, run folder, .keras file or shipped model")
    parser.add_argument("--size", type=int, default=224, help="pixels of networks that are not trained (default: 224)")
    parser.add_argument("--threads", type=int, default=1, help="of the interpreter (default: 1)")
    parser.add_argument("--data", metavar="DIR", help="photos with masks to score trained networks on")
    parser.add_argument("--out", default="scoreboard", metavar="F", help="writes F.md, F.json and F.png")
    return parser.parse_args()


def main(args):
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.models import NETWORKS
    from tf_portrait.models.files import write_atomically
    from tf_portrait.scoreboard import draw_scoreboard, files_of, format_scoreboard, scoreboard

    pairs = list_pairs(args.data).pairs if args.data else ()
    rows = scoreboard(args.names or list(NETWORKS), args.size, args.threads, pairs)
    table, (markdown, data, plot) = format_scoreboard(rows, args.threads), files_of(args.out)
    print(table)
    write_atomically(markdown, lambda path: Path(path).write_text(table + "\n"))
    write_atomically(data, lambda path: Path(path).write_text(json.dumps(rows, indent=1) + "\n"))
    drawn = draw_scoreboard(plot, rows)
    print(f"wrote {markdown}, {data}" + (f", {plot}" if drawn else "; a plot needs --data and trained networks"))
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
