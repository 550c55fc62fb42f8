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
    folder, target = Path(folder), Path(app) / ASSETS / Path(folder).name
    contract = json.loads((folder / CONTRACT).read_text())
    entries = {name: facts for name, facts in contract["files"].items() if name.endswith(".tflite")}
    names = [CONTRACT, contract["golden"]["photo"]["file"], *entries]
    names += [facts["golden"]["file"] for facts in entries.values()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as beside:
            fresh = Path(beside) / target.name
            for name in names:
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, fresh / name)
            if target.exists():
                os.replace(target, Path(beside) / "old")
            os.replace(fresh, target)
    except OSError as error:
        raise PortraitError(f"{target}: cannot be written ({error.strerror or error}); free space") from error
    return target
