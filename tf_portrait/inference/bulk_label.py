"""Labeling in bulk: what label_photos does with each photo, by many workers."""

import os
from functools import partial
from pathlib import Path

from tf_portrait.data.disagreement import write_disagreement
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_photos
from tf_portrait.inference.bulk import absolute, failures, in_bulk
from tf_portrait.inference.pseudo import ask, is_sure, names_for, write_pair
from tf_portrait.inference.segmenter import Segmenter

DONE = "labeled.jsonl"  # beside images/ and masks/: a line a task, with what became of each of its photos


class Labeler:
    """A worker with teachers of its own: models by name or path. out, agree, unsure, soft: see label_photos."""

    def __init__(self, out, teachers, agree=0.0, unsure=False, soft=False):
        self._teachers = [Segmenter(name) for name in teachers]
        self._out, self._agree, self._unsure, self._soft = Path(out), agree, unsure, soft

    def __call__(self, photo, stem):
        """Labels a photo, a path, under this name. Returns {"name" in images/, "apart"}, or {"unsure": True}."""
        alpha, apart = ask(self._teachers, read_rgb(photo))
        if not (self._unsure or (is_sure(alpha) and 1 - apart >= self._agree)):
            return {"unsure": True}
        name = write_pair(self._out, stem, Path(photo), alpha if self._soft else alpha > 0.5)
        return {"name": name, "apart": round(float(apart), 4)}


def label_in_bulk(teachers, photos, out, agree=0.0, unsure=False, soft=False, progress=True, unreadable=None):
    """label_photos by many workers, see in_bulk; returns the same. teachers: names or paths."""
    stems = {os.path.abspath(path): stem for path, stem in names_for(out, list_photos(photos)).items()}
    facts = {"teachers": list(map(absolute, teachers)), "agree": agree, "unsure": unsure, "soft": soft}
    entries = in_bulk(
        stems, partial(Labeler, os.path.abspath(out), **facts), Path(out) / DONE, facts, progress=progress
    )
    if unreadable is not None:
        unreadable += failures(entries)
    written = {entry["name"]: entry["apart"] for entry in entries.values() if "name" in entry}
    write_disagreement(out, written)
    return len(written), sum("unsure" in entry for entry in entries.values())
