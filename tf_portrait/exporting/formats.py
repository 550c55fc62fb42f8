"""Making the files of an export: each format for itself, so that one that fails does not stop the others."""

import dataclasses
import os
import shutil
import tempfile
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.rounding import halved
from tf_portrait.files import write_bytes

FORMATS = ("float32", "float16", "int8", "mlpackage", "mlmodel")


@dataclasses.dataclass
class Made:
    """files: {kind: path}. failures: {kind: reason}. qat: result of finetune(), or None."""

    files: dict = dataclasses.field(default_factory=dict)
    failures: dict = dataclasses.field(default_factory=dict)
    qat: dict | None = None


def make(request, deployed, card, photos, folder):
    """Writes all formats of a request into a folder, each whole or not at all. Returns Made."""
    made, name = Made(), card["network"]
    makers = {
        "float32": lambda path: _write_tflite(path, _tflite().convert_float(deployed), name),
        "float16": lambda path: _write_tflite(path, _tflite().convert_float(halved(deployed), half=True), name),
        "int8": lambda path: _write_int8(path, request, deployed, card, photos, folder, made),
        "ptq": lambda path: _write_tflite(
            path, _tflite().convert_ptq(deployed, photos.calibration(card["size"], card["fit"])), name
        ),
        "mlpackage": lambda path: _write_coreml(path, _coreml().convert_mlprogram(deployed)),
        "mlmodel": lambda path: _write_coreml(path, _coreml().convert_neuralnetwork(deployed)),
    }
    for compression in request.compress:
        for kind, convert in (("mlpackage", "convert_mlprogram"), ("mlmodel", "convert_neuralnetwork")):
            makers[f"{compression}.{kind}"] = lambda path, convert=convert, compression=compression: _write_coreml(
                path, getattr(_coreml(), convert)(deployed, compression)
            )
    wanted = [*request.formats, *(["ptq"] if request.ptq else []), *(key for key in makers if "." in key)]
    for kind in wanted:
        path = folder / _file_name(name, kind)
        print(f"{path.name} ...", flush=True)
        try:
            makers[kind](path)
            made.files[kind] = path
        except PortraitError as error:
            made.failures[kind] = str(error)
        except ImportError as error:
            made.failures[kind] = f"{error.name} is not installed; pip install -r requirements.txt"
        if kind in made.failures:
            print(f"  failed: {made.failures[kind]}", flush=True)
    return made


def _file_name(name, kind):
    if kind in ("mlpackage", "mlmodel"):
        return f"{name}.{kind}"
    if "." in kind:
        return f"{name}_{kind}"
    return f"{name}_{'int8_ptq' if kind == 'ptq' else kind}.tflite"


def _write_int8(path, request, deployed, card, photos, folder, made):
    """Calibrates, fine-tunes and converts."""
    from tf_portrait.exporting.int8.make import int8_file

    content, made.qat = int8_file(request, deployed, card, photos, folder)
    _write_tflite(path, content, card["network"])


def _tflite():
    from tf_portrait.exporting.tflite import convert as tflite

    return tflite


def _coreml():
    from tf_portrait.exporting.coreml import convert as coreml

    return coreml


def _write_tflite(path, content, name):
    from tf_portrait.exporting.tflite.metadata import add_metadata

    content = add_metadata(content, f"{name}: portrait segmentation, RGB 0..255 in, alpha out")
    write_bytes(path, content)


def _write_coreml(path, model):
    """Saves beside the final place, then renames: a package is a folder, which no single rename of a file covers."""
    beside = None
    try:
        beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.stem}-"))
        model.save(str(beside / path.name))
        if path.is_dir():
            shutil.rmtree(path)
        os.replace(beside / path.name, path)
    except OSError as error:
        raise PortraitError(f"{path}: cannot be written ({error.strerror or error}); free space") from error
    finally:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
