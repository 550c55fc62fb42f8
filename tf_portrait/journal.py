"""Files of JSON lines that only grow: a line that was confirmed is on the disk, whatever happens next."""

import contextlib
import json
import os
from pathlib import Path

from tf_portrait.errors import PortraitError

try:
    import fcntl
except ImportError:  # Windows: two processes on one file are not told apart
    fcntl = None


class Unwritable(PortraitError):
    """Nothing could be written, and nothing has changed; the next try may work."""


class Journal:
    """Appends dicts, a line each. One process has the file at a time.

    records: the dicts that are in the file. damaged: numbers of the lines, from 1, that are no dict; they are left as
    they are. A last line without its end was never confirmed: it is cut off.
    Raises Unwritable if the file cannot be written, PortraitError if another process has it.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._file = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            if fcntl:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._size = self._take_up(self.path.read_bytes())
            self._cut()
            _sync_folder(self.path.parent)
        except BlockingIOError as error:
            self.close()
            raise PortraitError(f"{self.path}: another process is writing it; stop that one first") from error
        except OSError as error:
            self.close()
            raise self._unwritable(error) from error

    def append(self, record):
        """Returns once the record is on the disk.

        Raises Unwritable if it cannot get there; the file is then as it was before.
        """
        line = json.dumps(record).encode() + b"\n"
        try:
            self._cut()
            if os.write(self._file, line) != len(line):  # the disk took a part: the rest would fail
                raise OSError(None, "the disk is full")
            os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._cut()
            raise self._unwritable(error) from error
        self._size += len(line)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_up(self, content):
        """Reads all lines; returns how many bytes of them are whole."""
        self.records, self.damaged = [], []
        *lines, torn = content.split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError("no object")
                self.records.append(record)
            except ValueError:
                self.damaged.append(number)
        return len(content) - len(torn)

    def _cut(self):
        """Takes away what a failed write, or a kill, left behind the last whole line."""
        state = os.fstat(self._file)
        if not state.st_nlink:
            raise OSError(None, "it was removed")
        if state.st_size > self._size:
            os.ftruncate(self._file, self._size)

    def _unwritable(self, error):
        why = error.strerror or error
        return Unwritable(f"{self.path}: cannot be written ({why}); free space on that disk, or start again")


def _sync_folder(folder):
    """A new file's name is on the disk only once its folder is."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
