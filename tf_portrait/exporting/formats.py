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


@dataclasses.dataclass(frozen=True)
class Job:
    """What the files are made from, and where.

    request: of export.exporter. deployed: of deploy(). card: of the model. photos: of export.photos.
    folder: takes the files. state: keeps the quantization-aware training, to go on with --resume.
    """

    request: object
    deployed: object
    card: dict
    photos: object
    folder: Path
    state: Path

    @property
    def prior(self):
        """Whether the network takes the previous mask too."""
        return self.deployed.input_shape[3] == 4


@dataclasses.dataclass
class Made:
    """files: {kind: path}. failures: {kind: reason}. qat: result of finetune(), or None."""

    files: dict = dataclasses.field(default_factory=dict)
    failures: dict = dataclasses.field(default_factory=dict)
    qat: dict | None = None


def make(job):
    """Writes all formats that a job's request asks for, each whole or not at all. Returns Made."""
    made = Made()
    for kind in kinds_of(job.request):
        path = job.folder / _file_name(job.card["network"], kind)
        print(f"{path.name} ...", flush=True)
        try:
            made.qat = _write(kind, path, job) or made.qat
            made.files[kind] = path
        except PortraitError as error:
            made.failures[kind] = str(error)
        except ImportError as error:
            made.failures[kind] = f"{error.name} is not installed; pip install -r requirements.txt"
        if kind in made.failures:
            print(f"  failed: {made.failures[kind]}", flush=True)
    return made


def kinds_of(request):
    """The formats of a request, then "ptq", then compressed Core ML files such as "linear8.mlmodel"."""
    compressed = [f"{how}.{kind}" for how in request.compress for kind in ("mlpackage", "mlmodel")]
    return [*request.formats, *(["ptq"] if request.ptq else []), *compressed]


def _file_name(name, kind):
    if kind in ("mlpackage", "mlmodel"):
        return f"{name}.{kind}"
    if "." in kind:
        return f"{name}_{kind}"
    return f"{name}_{'int8_ptq' if kind == 'ptq' else kind}.tflite"


def _write(kind, path, job):
    """Makes and writes one file; returns the result of a quantization-aware training, if there was one."""
    if path.suffix != ".tflite":
        from tf_portrait.exporting.coreml.metadata import add_metadata

        return write_coreml(path, add_metadata(_coreml(kind, job.deployed), job.card))
    content, result = _int8(job) if kind == "int8" else (_TFLITE[kind](job), None)
    write_tflite(path, content, job.card)
    return result


def _float32(job):
    from tf_portrait.exporting.tflite.convert import convert_float

    return convert_float(job.deployed)


def _float16(job):
    from tf_portrait.exporting.tflite.convert import convert_float

    return convert_float(halved(job.deployed), half=True)


def _ptq(job):
    from tf_portrait.exporting.tflite.convert import convert_ptq

    return convert_ptq(job.deployed, job.photos.calibration(job.card["size"], job.card["fit"], job.prior))


def _int8(job):
    from tf_portrait.exporting.int8.make import int8_file

    return int8_file(job)


_TFLITE = {"float32": _float32, "float16": _float16, "ptq": _ptq}


def _coreml(kind, deployed):
    from tf_portrait.exporting.coreml import convert

    compression, _, kind = kind.rpartition(".")
    maker = convert.convert_mlprogram if kind == "mlpackage" else convert.convert_neuralnetwork
    return maker(deployed, compression or None)


def write_tflite(path, content, card):
    """Writes a .tflite file with its metadata and the model's card."""
    from tf_portrait.exporting.tflite.metadata import add_card, add_metadata

    if not card["options"].get("prior"):  # MediaPipe Tasks, which reads it, has no fourth channel
        content = add_metadata(content, f"{card['network']}: portrait segmentation, RGB 0..255 in, alpha out")
    write_bytes(path, add_card(content, card))


def write_coreml(path, model):
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
