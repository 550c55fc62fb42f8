"""Accept, reject and mend pseudo masks on a local page, a second each; what was accepted becomes a data set.

{prog} faces_labeled                 (the page; A or right accepts, R or left rejects, Z undoes, B is the brush)
{prog} faces_labeled --finish        (writes faces_labeled_reviewed, for train.py --data)
Every decision is on the disk before the next photo is shown: stop it whenever you like and start it again.
"""

import argparse
import sys
from argparse import RawDescriptionHelpFormatter as RAW
from pathlib import Path

from tf_portrait.cli.masks import add_mask_flags, values_of


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("folder", help="photos with masks, as pseudo_label.py makes them")
    parser.add_argument("--out", metavar="SET", help="folder of the set and its log (default: FOLDER_reviewed)")
    parser.add_argument("--finish", action="store_true", help="write the set of what is accepted so far, and stop")
    parser.add_argument("--port", type=int, default=8765, help="of the page, on this machine only (default: 8765)")
    add_mask_flags(parser)
    return parser


def main(args):
    from tf_portrait.journal import Journal
    from tf_portrait.review.decisions import Decisions
    from tf_portrait.review.finish import LOG, check_out
    from tf_portrait.review.items import list_items
    from tf_portrait.review.queue import Queue

    folder = Path(args.folder)
    out = Path(args.out) if args.out else folder.resolve().with_name(f"{folder.resolve().name}_reviewed")
    items, order = list_items(folder, values_of(args))
    check_out(out, folder)
    with Journal(out / LOG) as journal:
        for line in journal.damaged:
            print(f"{journal.path}, line {line}: cannot be read; its decision is lost", file=sys.stderr)
        decisions = Decisions(journal)
        decisions.check_belongs(items, folder)
        queue = Queue(items, decisions)
        return finish(queue, out) if args.finish else serve(queue, out, args.port, order)


def serve(queue, out, port, order):
    from tf_portrait.review.server import ReviewServer

    with ReviewServer(queue, out, port) as server:
        print(f"{summary(queue)}; sorted by {order}\nopen {server.address} in a browser; Ctrl-C stops", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print(f"\n{summary(queue)}; all of it is in {out}. --finish writes the set")
    return 0


def finish(queue, out):
    from tqdm import tqdm

    from tf_portrait.review.finish import write_set

    report = write_set(queue, out, lambda accepted: tqdm(accepted, desc="writing", unit="photo"))
    print(f"{summary(queue)}\n{out}: {report.written} photos with masks, {report.mended} of them mended")
    print(f"next: python pipelines/train.py --data {out}")
    for why in report.left_out:
        print(f"left out: {why}", file=sys.stderr)
    return 1 if report.left_out else 0


def summary(queue):
    done = queue.progress()
    return f"{done['total']} photos: {done['accepted']} accepted, {done['rejected']} rejected, {done['left']} to go"
