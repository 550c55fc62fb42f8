"""An export into the demo app: what the app reads lies in its assets, one folder for each export."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.inference.segmenter import CONTRACT

ASSETS = Path("app/src/main/assets/models")


def check_app(app):
    """Raises PortraitError unless `app` is a project like android_demo/."""
    if not (Path(app) / "app/src/main/AndroidManifest.xml").is_file():
        raise PortraitError(f"{app}: no app/src/main/AndroidManifest.xml in it; give --android android_demo")


def copy_to_app(folder, app):
    """Copies the .tflite files, the contract and golden/ of an export into an app. Returns the folder there.

    An older export of the same name is replaced whole or stays as it was.
    """
    check_app(app)
    return copy_export(folder, Path(app) / ASSETS / Path(folder).name, (".tflite",))


def copy_export(folder, target, suffixes):
    """Copies the files of an export that end so, the contract and what golden/ has for them. Returns `target`."""
    folder = Path(folder)
    contract = json.loads((folder / CONTRACT).read_text())
    entries = {name: facts for name, facts in contract["files"].items() if Path(name).suffix in suffixes}
    golden = [contract["golden"]["photo"], *(facts["golden"] for facts in entries.values())]
    golden += [contract["golden"]["prior"]] if "prior" in contract["golden"] else []
    golden += [part for part in contract["golden"].get("composite", {}).values() if isinstance(part, dict)]
    names = [CONTRACT, *entries, *(entry["file"] for entry in golden)]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as beside:
            fresh = Path(beside) / target.name
            for name in names:
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (folder / name).is_dir() else shutil.copyfile
                copy(folder / name, fresh / name)
            if target.exists():
                os.replace(target, Path(beside) / "old")
            os.replace(fresh, target)
    except OSError as error:
        raise PortraitError(f"{target}: cannot be written ({error.strerror or error}); free space") from error
    return target
