"""From a trained model to a folder of proven files: the work behind pipelines/quantize_export.py."""

import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import keras

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.android import check_app, copy_to_app
from tf_portrait.exporting.card import card_of, format_card
from tf_portrait.exporting.contract import contract_of
from tf_portrait.exporting.formats import FORMATS, Job, make
from tf_portrait.exporting.gates import gates_of
from tf_portrait.exporting.golden import write_golden
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.int8 import QAT_STATE
from tf_portrait.exporting.ios import check_ios_app, copy_to_ios_app
from tf_portrait.exporting.measure import Judge, bytes_of, measure, open_exported
from tf_portrait.exporting.photos import choose_photos
from tf_portrait.exporting.report import format_report, worst_photos
from tf_portrait.exporting.swap import swapped_in
from tf_portrait.exporting.web import check_page, copy_to_page, missing_runtime
from tf_portrait.files import PathLike, write_text
from tf_portrait.inference.pictures import write_png
from tf_portrait.inference.segmenter import CONTRACT
from tf_portrait.models.archive import at_size, load_model, model_path, newest_model
from tf_portrait.training.run import SETTINGS

REPORT, SHEET, CARD = "report", "worst.png", "model_card"
EXPORTS = Path("exports")


@dataclasses.dataclass(frozen=True)
class Request:
    """The arguments of export(), which says what they mean."""

    model: str | None = None
    size: int | None = None
    out: str | None = None
    data: tuple = ()
    val: str | None = None
    formats: tuple = FORMATS
    qat_epochs: int | None = None
    qat_learning_rate: float | None = None
    ptq: bool = False
    keep_float: tuple = ()
    compress: tuple = ()
    sensitivity: bool = False
    gate_iou_drop: float = 0.002
    gate_f1_drop: float = 0.005
    resume: bool = False
    android: str | None = None
    ios: str | None = None
    web: str | None = None


def export(
    model: PathLike | None = None,
    *,
    size: int | None = None,
    data: PathLike | Sequence[PathLike] = (),
    val: PathLike | None = None,
    out: PathLike | None = None,
    formats: str | Sequence[str] = FORMATS,
    qat_epochs: int | None = None,
    qat_learning_rate: float | None = None,
    ptq: bool = False,
    keep_float: Sequence[str] = (),
    compress: Sequence[str] = (),
    sensitivity: bool = False,
    gate_iou_drop: float = 0.002,
    gate_f1_drop: float = 0.005,
    resume: bool = False,
    android: PathLike | None = None,
    ios: PathLike | None = None,
    web: PathLike | None = None,
) -> dict:
    """Makes, proves and describes the files for phones of a trained model.

    model: a name, .keras file or run folder; None takes the newest run. size: pixels of the files' input, in place of
    those that it was trained at: smaller is faster, and somewhat worse. data: folder or folders with images/ and masks/
    to calibrate and train on; () takes those of the run, else drawn portraits. val: photos to judge on. out: the
    folder to write. formats: some of FORMATS. android, ios, web: the folders of the demos, to copy into. The others
    are the flags of pipelines/quantize_export.py.
    Returns the report, "passed", "files" and "folder" among its keys. A format that cannot be made is named under
    "failures" and the others still come out. Raises PortraitError where nothing can be made at all.
    """
    folders = (data,) if isinstance(data, str | os.PathLike) else tuple(data)
    formats = (formats,) if isinstance(formats, str) else tuple(formats)
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown:
        raise PortraitError(f"formats={unknown[0]!r} is unknown; use some of {', '.join(FORMATS)}")
    return _export(
        Request(
            model,
            size,
            out,
            folders,
            val,
            formats,
            qat_epochs,
            qat_learning_rate,
            ptq,
            tuple(keep_float),
            tuple(compress),
            sensitivity,
            gate_iou_drop,
            gate_f1_drop,
            resume,
            android,
            ios,
            web,
        )
    )


def _export(request):
    if keras.backend.backend() != "tensorflow":
        raise PortraitError(f"KERAS_BACKEND={keras.backend.backend()}: export needs tensorflow; unset it")
    if request.android:
        check_app(request.android)
    if request.ios:
        check_ios_app(request.ios)
    if request.web:
        check_page(request.web)
    path = model_path(request.model or newest_model())
    network, card = at_size(*load_model(path), request.size)
    if card["options"].get("prior") and (request.android or request.ios):
        raise PortraitError(
            f"{path}: takes the previous mask, which the demo apps do not hand on yet; leave --android and --ios out, "
            "or export a model without a prior"
        )
    deployed = deploy(network)
    photos = choose_photos(request.data, request.val, path)
    folder = Path(request.out or EXPORTS / (path.parent.name if path.stem == "best" else path.stem))
    with swapped_in(folder) as stage:
        print(f"{path} -> {folder}; photos: {photos.told}", flush=True)
        judge = Judge(photos.validation, deployed, card["fit"], card["threshold"])
        made = make(Job(request, deployed, card, photos, stage, folder))
        if not made.files:
            reasons = "; ".join(f"{kind}: {reason}" for kind, reason in made.failures.items())
            raise PortraitError(f"{folder}: no file could be made, an older export stays as it was ({reasons})")
        report = _report(request, path, folder, card, photos, judge, made)
        _write(report, card, path, stage, judge, made)
    (folder / QAT_STATE).unlink(missing_ok=True)
    if request.android:
        print(f"-> {copy_to_app(folder, request.android)}", flush=True)
    if request.ios:
        print(f"-> {copy_to_ios_app(folder, request.ios)}", flush=True)
    if request.web:
        print(f"-> {copy_to_page(folder, request.web)}; python pipelines/demo.py serves it", flush=True)
        if missing := missing_runtime(request.web):
            print(missing, flush=True)
    return report


def _report(request, path, folder, card, photos, judge, made):
    """Measures every file and holds it against its gates. Returns the report."""
    report = {
        "name": card["network"],
        "folder": str(folder),
        "model": path.parent.name if path.stem == "best" else path.name,
        "validation": photos.judged,
        "told": photos.told,
        "photos": len(judge.photos),
        "keras": judge.keras_means(),
        "files": {},
        "gates": [],
        "failures": made.failures,
        "qat": made.qat,
        "keep_float": list(request.keep_float),
        "coreml_by": "Core ML" if sys.platform == "darwin" else "the reference interpreter",
    }
    _prove(report, made, judge, request, photos.judged_real)
    report["passed"] = not made.failures and all(gate["passed"] for gate in report["gates"])
    return report


def _prove(report, made, judge, request, real):
    """Measures every file and holds it against its gates."""
    float_bytes = bytes_of(made.files["float32"]) if "float32" in made.files else None
    for kind, file in made.files.items():
        try:
            facts = report["files"][file.name] = measure(file, judge)
        except PortraitError as error:
            made.failures[kind] = str(error)
            continue
        limits = request.gate_iou_drop, request.gate_f1_drop
        gates = gates_of(kind, file.name, facts, report["keras"], float_bytes, *limits, real)
        report["gates"] += [{"text": str(gate), "passed": bool(gate.passed)} for gate in gates]


def _write(report, card, path, folder, judge, made):
    """Report, contract, card and sheet."""
    settings = path.parent / SETTINGS
    training = json.loads(settings.read_text()) if settings.is_file() else {}
    contract = write_golden(folder, contract_of(card, folder, report["files"]))
    model_card = card_of(report, contract, training)
    for name, text in (
        (f"{REPORT}.md", format_report(report)),
        (f"{REPORT}.json", json.dumps(report, indent=1)),
        (CONTRACT, json.dumps(contract, indent=1)),
        (f"{CARD}.md", format_card(model_card)),
        (f"{CARD}.json", json.dumps(model_card, indent=1)),
    ):
        write_text(folder / name, text)
    shown = made.files.get("int8") or next(iter(made.files.values()), None)
    if shown is not None and shown.name in report["files"]:
        alphas = judge.run(open_exported(shown).probability, SHEET)
        write_png(folder / SHEET, worst_photos(judge, alphas, shown.name))
