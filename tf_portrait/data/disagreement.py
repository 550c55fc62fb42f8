"""How far teachers were apart about each photo of a set: a small file beside its images/ and masks/."""

import json
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.files import write_json

FILE = "disagreement.json"


def read_disagreement(folder):
    """{name of the photo in images/: 0, agreement, to 1}; None where the folder has no such file.

    Raises PortraitError if the file is damaged.
    """
    path = Path(folder) / FILE
    try:
        values = json.loads(path.read_text())
        return {str(name): float(value) for name, value in values.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise PortraitError(f"{path}: cannot be read ({error}); remove it, or make the masks again") from error


def write_disagreement(folder, values):
    """Adds values, as read_disagreement gives them, to those that the folder has."""
    write_json(Path(folder) / FILE, {**(read_disagreement(folder) or {}), **values})
