"""An export takes minutes: its files come together in a hidden folder and take their places at the end, at once."""

import contextlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.inference.segmenter import CONTRACT

_PREFIX = ".making-"
_STALE = 24 * 3600  # seconds after which a killed export's folder goes


@contextlib.contextmanager
def swapped_in(folder):
    """Gives a hidden folder inside `folder`; at the end its content takes the places of what an older export left.

    The old contract goes first and the new one comes last, so that a kill never leaves one beside another's files. What
    the old contract names goes too; whatever else lies in the folder stays. Nothing changes if the block raises.
    Raises PortraitError if the folder cannot be written.
    """
    folder, stage = Path(folder), None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        stage = Path(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
    except OSError as error:
        raise PortraitError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from error
    try:
        yield stage
        try:
            _swap(stage, folder)
        except OSError as error:
            raise PortraitError(f"{folder}: cannot be written ({error.strerror}); export again") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _swap(stage, folder):
    for name in _named_by(folder / CONTRACT):
        _remove(folder / name)
    (folder / CONTRACT).unlink(missing_ok=True)
    for part in sorted(stage.iterdir(), key=lambda part: part.name == CONTRACT):
        _remove(folder / part.name)
        os.replace(part, folder / part.name)


def _named_by(contract):
    """Names of the files in an older contract, as far as they are plain names."""
    try:
        names = json.loads(contract.read_text())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name in names if Path(name).name == name and name not in ("", ".", "..")]


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sweep(folder):
    for left in folder.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)
