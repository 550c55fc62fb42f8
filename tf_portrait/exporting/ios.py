"""An export into the iPhone's demo app: a folder in Model/, which Xcode copies into the app as it is."""

from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.android import copy_export

PROJECT, FOLDER = "PortraitDemo.xcodeproj/project.pbxproj", "Model"
SUFFIXES = (".mlmodel", ".mlpackage")


def check_ios_app(app):
    """Raises PortraitError unless `app` is a project like ios_demo/."""
    if not (Path(app) / PROJECT).is_file():
        raise PortraitError(f"{app}: no {PROJECT} in it; give --ios ios_demo")


def copy_to_ios_app(folder, app):
    """Copies the Core ML files, the contract and golden/ of an export into an app. Returns the folder there.

    An older export of the same name is replaced whole or stays as it was.
    """
    check_ios_app(app)
    return copy_export(folder, Path(app) / FOLDER / Path(folder).name, SUFFIXES)
