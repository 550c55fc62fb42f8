"""One table of networks: what each costs, how fast it is, how good on photos, and what its paper prints."""

import dataclasses
from pathlib import Path

import numpy as np

from tf_portrait import plots, tables
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.scores import evaluate
from tf_portrait.exporting.graph.counting import count, totals
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.preflight import feed
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.models import NETWORKS, baselines, build
from tf_portrait.models.archive import load_model, model_path, shipped_models

ROUNDS, RUNS, CALIBRATION = 10, 5, 16
METRICS = ("iou", "class_miou", "edge_iou_3", "boundary_f1")


@dataclasses.dataclass(frozen=True)
class Printed:
    """What a paper prints of its network. flops: as it calls them; accuracy: with metric and test set."""

    parameters: str
    flops: str
    accuracy: str


PRINTED = {
    "portraitnet": Printed("2.1 M", "0.51 G at 224", "96.62 % IoU per photo (EG1800)"),
    "sinet": Printed("0.087 M", "0.064 G at 224", "94.81 % foreground IoU, F1 0.884 (EG1800)"),
    "elb": Printed("0.6 M", "3.8 G at 512", "94.9 % class mIoU (PFCN)"),
    "banet": Printed("0.62 M", "-", "95.80 % mIoU (PFCN+)"),
    "bisenet": Printed("12.4 M", "2.38 G at 224", "95.25 % IoU per photo (EG1800, by PortraitNet's authors)"),
    "bisenet_portraitnet": Printed("12.4 M", "2.38 G at 224", "95.25 % IoU per photo (EG1800, PortraitNet)"),
    "enet": Printed(
        "0.35 M, 0.355 M", "0.346 G at 224", "95.16 % foreground IoU (EG1800, SINet); 88.24 % (PFCN+, BANet)"
    ),
    "portraitfcn": Printed("134.27 M", "62.89 G at 224", "95.91 % IoU per photo at 800 x 600 (EG1800, PortraitNet)"),
    "espnet": Printed("0.345 M", "0.328 G at 224", "94.65 % foreground IoU, F1 0.883 (EG1800, SINet)"),
    "ds_espnet": Printed("0.143 M", "0.199 G at 224", "94.10 % foreground IoU, F1 0.866 (EG1800, SINet)"),
    "ds_espnet_half": Printed("0.064 M", "0.139 G at 224", "93.58 % foreground IoU, F1 0.859 (EG1800, SINet)"),
    "espnetv2_15": Printed("0.458 M", "0.137 G at 224", "94.00 % foreground IoU, F1 0.861 (EG1800, SINet)"),
    "espnetv2": Printed("0.778 M", "0.231 G at 224", "94.71 % foreground IoU, F1 0.872 (EG1800, SINet)"),
    "contextnet": Printed("0.838 M", "1.87 G at 224", "95.71 % foreground IoU, F1 0.896 (EG1800, SINet)"),
    "contextnet14": Printed("0.85 M", "5.63 G at 1024 x 2048", "66.1 % class mIoU (Cityscapes, SINet)"),
    "mobilenetv3": Printed("0.458 M", "0.066 G at 224", "94.19 % foreground IoU, F1 0.854 (EG1800, SINet)"),
    "erfnet": Printed("2.1 M", "13.4 G at 512", "94.6 % class mIoU (PFCN, ELB)"),
    "icnet": Printed("7.7 M", "3.5 G at 512", "87.8 % class mIoU (PFCN, ELB)"),
    "edanet": Printed("0.68 M", "-", "94.90 % mIoU (PFCN+, BANet)"),
    "unet": Printed("13.40 M", "-", "95.88 % mIoU (PFCN+, BANet)"),
    "deeplabv3plus": Printed("-", "-", "none: the teacher of SINet's extra photos"),
}


def scoreboard(names, size=224, threads=1, pairs=(), progress=True):
    """Rows of the table, one for each name.

    names: networks or variants of baselines (untrained: cost and time only), run folders, .keras files or shipped
    models. size: of untrained ones. pairs: photos with masks to score trained ones on.
    Returns dicts {"name", "network", "size", "parameters", "macs", "float_ms", "int8_ms", metrics.., "printed"}, a
    metric None where it was not measured. All files take turns on `threads` threads.
    Raises PortraitError for an unknown name.
    """
    rows, files = [], []
    for name in names:
        network, kind, trained = _open(name, size)
        deployed = deploy(network)
        files += [convert_float(deployed), convert_ptq(deployed, _photos(deployed.input_shape[1]))]
        found = totals(count(network))
        row = {"name": name, "network": kind, "size": deployed.input_shape[1], "parameters": found["trainable"]}
        means = (
            evaluate(Segmenter(model_path(name)), pairs, progress=progress, metrics=METRICS)["mean"]
            if trained and pairs
            else {}
        )
        row |= {"macs": found["macs"], **{metric: means.get(metric) for metric in METRICS}}
        rows.append(row | {"printed": dataclasses.asdict(PRINTED[kind]) if kind in PRINTED else None})
    interpreters = [open_interpreter(content, "benchmark", threads=threads) for content in files]
    for interpreter in interpreters:
        feed(interpreter)
    least = least_milliseconds([interpreter.invoke for interpreter in interpreters], ROUNDS, RUNS)
    for row, float_ms, int8_ms in zip(rows, least[::2], least[1::2], strict=True):
        row |= {"float_ms": float_ms, "int8_ms": int8_ms}
    return rows


def format_scoreboard(rows, threads=1):
    """The rows as a Markdown table; FLOPs in papers are MACs or twice as many."""
    columns = ["", "px", "parameters (printed)", "MACs, 2 x MACs (printed FLOPs)"]
    columns += [f"float32 / int8 ms, threads: {threads}", "IoU per photo", "class mIoU", "edge IoU, sigma 3"]
    columns += ["boundary F1", "printed accuracy"]
    lines = []
    for row in rows:
        printed = row["printed"] or {"parameters": "-", "flops": "-", "accuracy": "-"}
        macs = row["macs"] / 1e9
        cells = [
            row["name"],
            str(row["size"]),
            f"{row['parameters'] / 1e6:.3f} M ({printed['parameters']})",
            f"{macs:.3f} G, {2 * macs:.3f} G ({printed['flops']})",
            f"{row['float_ms']:.2f} / {row['int8_ms']:.2f}",
            *("-" if row[metric] is None else f"{row[metric]:.4f}" for metric in METRICS),
            printed["accuracy"],
        ]
        lines.append(cells)
    return tables.markdown(lines, columns)


def draw_scoreboard(path, rows):
    """Writes a plot (PNG): IoU against int8 time, the area of a bubble its parameters. Returns whether it could."""
    from matplotlib.figure import Figure

    rows = [row for row in rows if row["iou"] is not None]
    if not rows:
        return False
    figure = Figure((7, 4.5), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        area, name = 60 + 200 * row["parameters"] / 1e6, Path(row["name"]).name
        axes.scatter(row["int8_ms"], row["iou"], area, alpha=0.6, label=f"{name}, {row['parameters'] / 1e6:.2f} M")
    for handle in figure.legend(loc="outside right upper").legend_handles:
        handle.set_sizes([60])
    axes.set(xlabel="milliseconds of the int8 file", ylabel="IoU per photo", xscale="log")
    for numbers in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        numbers("{x:g}")
    axes.margins(0.2)
    axes.grid(alpha=0.3)
    plots.save(path, figure)
    return True


def _open(name, size):
    """Network, its kind, and whether it is trained."""
    if name in (*NETWORKS, *baselines.MODULES) and name not in shipped_models():
        return build(name, size=size), name, False
    if name in baselines.VARIANTS:
        network, options = baselines.VARIANTS[name]
        return build(network, size=size, **options), name, False
    try:
        path = model_path(name)
    except PortraitError as error:
        raise PortraitError(
            f"{error}; or an untrained network: {', '.join((*NETWORKS, *baselines.MODULES))}"
        ) from error
    network, card = load_model(path)
    return network, card["network"], True


def _photos(size):
    """Drawn portraits that set the ranges of the int8 file, whose time alone is of interest here."""
    drawn = SyntheticPortraits(CALIBRATION, size)
    return [np.float32(drawn[index][0])[None] for index in range(CALIBRATION)]


def files_of(out):
    """Paths of the Markdown, JSON and PNG that go by one name."""
    return [Path(out).with_suffix(suffix) for suffix in (".md", ".json", ".png")]
