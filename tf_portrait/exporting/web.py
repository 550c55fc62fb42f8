"""Models for the page in web_demo/: one folder for each export in models/, and index.json, which lists them."""

import json
import shutil
import tempfile
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.android import copy_export
from tf_portrait.exporting.contract import contract_of
from tf_portrait.exporting.golden import write_golden
from tf_portrait.exporting.tflite.preflight import preflight
from tf_portrait.files import write_json
from tf_portrait.inference.segmenter import CONTRACT, card_of_file
from tf_portrait.models.archive import WEIGHTS

MODELS, INDEX = Path("models"), "index.json"
RUNTIME = Path("node_modules/@litertjs/core/wasm")
_FIRST = "selfie"  # what the page starts with
SHIPPED = (_FIRST, *sorted(path.stem for path in WEIGHTS.glob("*.tflite") if path.stem != _FIRST))


def check_page(page):
    """Raises PortraitError unless `page` is a folder like web_demo/."""
    if not (Path(page) / "app/main.js").is_file():
        raise PortraitError(f"{page}: no app/main.js in it; give --web web_demo")


def copy_to_page(folder, page):
    """Copies the .tflite files, the contract and golden/ of an export into the page. Returns the folder there.

    An older export of the same name is replaced whole or stays as it was. The page starts with the last one copied.
    """
    check_page(page)
    target = copy_export(folder, Path(page) / MODELS / Path(folder).name, (".tflite",))
    _list(page, target.name)
    return target


def copy_shipped(page):
    """Puts the models that come with the package into the page, with a contract and golden output made for them."""
    check_page(page)
    for name in reversed(SHIPPED):
        with tempfile.TemporaryDirectory() as work:
            copy_to_page(_export_of(name, Path(work) / name), page)


def has_models(page):
    """Whether the page has a list of models; a folder without one is a fresh clone."""
    return (Path(page) / MODELS / INDEX).is_file()


def missing_runtime(page):
    """What to do so that the page has LiteRT.js, in a sentence; None where it has."""
    if (Path(page) / RUNTIME).is_dir():
        return None
    return f"{Path(page) / RUNTIME}: LiteRT.js is missing; run once: npm install --prefix {page} --omit=dev"


def _export_of(name, folder):
    """A shipped .tflite as an export: the file, the contract and golden/."""
    folder.mkdir()
    path = Path(shutil.copyfile(WEIGHTS / f"{name}.tflite", folder / f"{name}.tflite"))
    card = card_of_file(path.read_bytes(), path)
    write_json(folder / CONTRACT, write_golden(folder, contract_of(card, folder, {path.name: preflight(path, runs=1)})))
    return folder


def _list(page, first):
    """Writes the list of models, `first` at its head."""
    place = Path(page) / MODELS
    found = sorted(path.parent.name for path in place.glob(f"*/{CONTRACT}"))
    try:
        before = list(json.loads((place / INDEX).read_text())["models"])
    except (OSError, ValueError, KeyError, TypeError):
        before = []
    order = [first, *(name for name in before if name in found and name != first)]
    write_json(place / INDEX, {"models": order + [name for name in found if name not in order]})
