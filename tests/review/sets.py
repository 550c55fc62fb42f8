"""Sets to review, small and quickly made."""

import json
import shutil

from tests.conftest import write_portraits
from tf_portrait.journal import Journal
from tf_portrait.review.decisions import Decisions
from tf_portrait.review.finish import LOG
from tf_portrait.review.items import list_items
from tf_portrait.review.queue import Queue


def pseudo_set(folder, count, size=48, drawn=20):
    """A set as pseudo_label.py makes it; beyond `drawn`, photos are copies. The last is the most doubtful."""
    write_portraits(folder, min(count, drawn), size=size)
    for index in range(drawn, count):
        for name, suffix in (("images", "jpg"), ("masks", "png")):
            shutil.copy(folder / name / f"{index % drawn:04d}.{suffix}", folder / name / f"{index:04d}.{suffix}")
    doubts = {f"{index:04d}.jpg": index / count for index in range(count)}
    (folder / "disagreement.json").write_text(json.dumps(doubts))
    return folder


def open_queue(folder, out):
    """(Queue, its journal) of a review of folder."""
    journal = Journal(out / LOG)
    return Queue(list_items(folder, progress=False)[0], Decisions(journal)), journal


def records(out):
    return [json.loads(line) for line in (out / LOG).read_text().splitlines()]
