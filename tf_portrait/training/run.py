"""A run folder: where a training leaves its files, and the rule that no two runs share one."""

import csv
import itertools
import json
import os
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.files import UNFINISHED, write_atomically, write_json
from tf_portrait.models.archive import RUNS

try:
    import fcntl
except ImportError:  # Windows: two trainings in one folder are not told apart
    fcntl = None

LAST, SETTINGS, HISTORY, LOCK = "last.npz", "run.json", "history.csv", ".lock"
CURVES, SHEET, SUMMARY = "curves.png", "contact_sheet.png", "summary.json"


class Run:
    """Paths of one run, and its history: a list of dicts, one an epoch."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.history = []
        self._lock = None

    def path(self, name):
        return self.folder / name

    def lock(self):
        """Keeps other processes out of the folder until release(), or the end of this process however it comes.

        Raises PortraitError that names the process which is in there.
        """
        file = open(self.path(LOCK), "a+")  # noqa: SIM115 (it is the lock, and stays open)
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            other = file.read().strip() or "unknown"
            file.close()
            raise PortraitError(
                f"{self.folder}: process {other} is training in it; wait for it, or choose another --out"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def release(self):
        """Lets others into the folder again."""
        if self._lock:
            self.path(LOCK).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def read_history(self, epochs):
        """Takes up the rows of the first `epochs` epochs; a row that a kill left unfinished is dropped."""
        try:
            with open(self.path(HISTORY), newline="") as file:
                rows = [{key: _number(value) for key, value in row.items() if value} for row in csv.DictReader(file)]
        except (OSError, ValueError, AttributeError, TypeError, csv.Error):
            rows = []
        self.history = [row for row in rows if row.get("epoch", epochs) < epochs and "val_iou" in row]

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
            value = json.loads(self.path(name).read_text())
            if not isinstance(value, dict):
                raise ValueError("no JSON object")
            return value
        except (OSError, ValueError) as error:
            raise PortraitError(
                f"{self.path(name)}: cannot be read ({error}); start again with another --out"
            ) from error

    def write_json(self, name, value):
        write_json(self.path(name), value)


def open_run(out, recipe_name, resume):
    """The Run to train in, locked against other processes.

    out: folder, or None for runs/<recipe>, numbered if that is taken (with resume: the newest).
    Raises PortraitError if the folder holds another run or training, cannot be written, or has nothing to resume.
    """
    if resume:
        folder = Path(out) if out else _newest(recipe_name)
        if not (folder / LAST).is_file():
            raise PortraitError(f"{folder / LAST}: nothing to resume; start without --resume")
        run = _entered(folder)
        for unfinished in folder.glob(f"{UNFINISHED}*"):  # what a kill left of write_atomically
            unfinished.unlink()
        return run
    if out is None:
        return _free(recipe_name)
    folder = Path(out)
    if _taken(folder):
        raise PortraitError(f"{folder}: is not empty; add --resume to go on with that run, or choose another --out")
    return _entered(folder)


def _entered(folder):
    """The Run of a folder, made if need be, and locked."""
    run = Run(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        run.lock()
    except OSError as error:
        raise PortraitError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from error
    return run


def _taken(folder):
    """Whether a folder holds anything; settings alone are of a run that failed before its first epoch."""
    if not folder.is_dir():
        return folder.exists()
    return any(path.name not in (SETTINGS, LOCK) for path in folder.iterdir())


def _free(name):
    """The first of runs/NAME, runs/NAME-2, .. that is empty and that no other process has just entered."""
    for number in itertools.count(1):
        folder = RUNS / (name if number == 1 else f"{name}-{number}")
        if _taken(folder):
            continue
        try:
            run = _entered(folder)
        except PortraitError:
            if not folder.is_dir():
                raise
            continue
        if not _taken(folder):
            return run
        run.release()


def _number(text):
    return int(text) if text.isdigit() else float(text)


def _newest(name):
    found = sorted(RUNS.glob(f"{name}*/{LAST}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise PortraitError(f"runs/{name}: nothing to resume; start without --resume")
    return found[-1].parent
