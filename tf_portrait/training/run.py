"""A run folder: where a training leaves its files, and the rule that no two runs share one."""

import csv
import json
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.files import write_atomically, write_json
from tf_portrait.models.archive import RUNS

LAST, SETTINGS, HISTORY = "last.npz", "run.json", "history.csv"
CURVES, SHEET, SUMMARY = "curves.png", "contact_sheet.png", "summary.json"


class Run:
    """Paths of one run, and its history: a list of dicts, one an epoch."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.history = []

    def path(self, name):
        return self.folder / name

    def read_history(self, epochs):
        """Takes up the rows of the first `epochs` epochs; a row that a kill left unfinished is dropped."""
        try:
            with open(self.path(HISTORY), newline="") as file:
                rows = [{key: _number(value) for key, value in row.items() if value} for row in csv.DictReader(file)]
        except (FileNotFoundError, ValueError, AttributeError, TypeError):
            rows = []
        self.history = [row for row in rows if row.get("epoch", epochs) < epochs]

    def add(self, row):
        """Appends an epoch to the history and rewrites its file whole."""
        self.history.append(row)
        names = list(dict.fromkeys(name for entry in self.history for name in entry))

        def write(temporary):
            with open(temporary, "w", newline="") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(self.history)

        write_atomically(self.path(HISTORY), write)

    def read_json(self, name):
        """A JSON file of the run. Raises PortraitError if it is missing or damaged."""
        try:
            return json.loads(self.path(name).read_text())
        except (OSError, ValueError) as error:
            raise PortraitError(
                f"{self.path(name)}: cannot be read ({error}); start again with another --out"
            ) from error

    def write_json(self, name, value):
        write_json(self.path(name), value)


def open_run(out, recipe_name, resume):
    """The Run to train in.

    out: folder, or None for runs/<recipe>, numbered if that is taken (with resume: the newest).
    Raises PortraitError if the folder holds another run, cannot be written, or has nothing to resume.
    """
    if out is None:
        out = _newest(recipe_name) if resume else _free(recipe_name)
    folder = Path(out)
    if not resume and _taken(folder):
        raise PortraitError(f"{folder}: is not empty; add --resume to go on with that run, or choose another --out")
    if resume and not (folder / LAST).is_file():
        raise PortraitError(f"{folder / LAST}: nothing to resume; start without --resume")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob(".*-*"):  # what a kill left of write_atomically
            unfinished.unlink()
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PortraitError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from error
    return Run(folder)


def _taken(folder):
    """Whether a folder holds anything; settings alone are of a run that failed before its first epoch."""
    if not folder.is_dir():
        return folder.exists()
    return any(path.name != SETTINGS for path in folder.iterdir())


def _number(text):
    return int(text) if text.isdigit() else float(text)


def _free(name):
    folder, number = RUNS / name, 1
    while _taken(folder):
        number += 1
        folder = RUNS / f"{name}-{number}"
    return folder


def _newest(name):
    found = sorted(RUNS.glob(f"{name}*/{LAST}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise PortraitError(f"runs/{name}: nothing to resume; start without --resume")
    return found[-1].parent
