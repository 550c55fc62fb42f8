"""Writing files whole or not at all."""

import json
import os
import tempfile
from pathlib import Path

from tf_portrait.errors import PortraitError

UNFINISHED = ".tf_portrait-"  # begins the names of files that a kill left half-written


def write_atomically(path, write):
    """Calls write(temporary path) beside `path`, then renames: a reader sees the old file or the new, never a half.

    Raises PortraitError if the disk is full or the folder cannot be written; an older file then stays as it was.
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{UNFINISHED}{path.stem}-", suffix=path.suffix)
        os.close(handle)
        write(temporary)
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise PortraitError(
            f"{path}: cannot be written ({error.strerror or error}); free space or choose another --out"
        ) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.remove(temporary)


def write_bytes(path, content):
    """Writes bytes in one atomic step."""
    write_atomically(path, lambda temporary: Path(temporary).write_bytes(content))


def write_text(path, text):
    """Writes text as UTF-8 in one atomic step."""
    write_bytes(path, text.encode())


def write_json(path, value):
    """Writes a JSON-able value in one atomic step."""
    write_text(path, json.dumps(value, indent=1) + "\n")
