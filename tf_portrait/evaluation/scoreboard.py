"""One table of networks: what each costs, how fast it is, how good on photos, and what its paper prints."""

import dataclasses
from pathlib import Path

import numpy as np

from tf_portrait import plots, tables
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.scores import evaluate
from tf_portrait.exporting.graph.counting import count, flops_of_papers, totals
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.preflight import feed
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.models import NETWORKS, baselines, build
from tf_portrait.models.archive import load_model, model_path, shipped_models

ROUNDS, RUNS, CALIBRATION = 10, 5, 16
FILES, TIMES = (".tflite", ".onnx"), ("float_ms", "int8_ms")
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
    models; .tflite and .onnx files, other people's too, which are scored and timed as they are. size: of untrained
    ones. pairs: photos with masks to score trained ones on.
    Returns dicts {"name", "network", "size", "parameters", "macs", "flops", "float_ms", "int8_ms", metrics.., "why",
    "printed"}: flops of `flops_of_papers`, a file's time under float_ms, "why" phones cannot have the network, None
    for what was not measured. All files take turns on `threads` threads.
    Raises PortraitError for an unknown name.
    """
    rows, clocks = [], []  # clocks: (row, key, what is timed)
    for name in names:
        row, trained, timed = (_file if Path(name).suffix in FILES else _network)(name, size, threads)
        means = {}
        if trained and pairs:
            means = evaluate(trained, pairs, progress=progress, metrics=METRICS)["mean"]
        rows.append(row | {metric: means.get(metric) for metric in METRICS})
        clocks += [(rows[-1], key, invoke) for key, invoke in timed.items()]
    least = least_milliseconds([invoke for _, _, invoke in clocks], ROUNDS, RUNS)
    for (row, key, _), milliseconds in zip(clocks, least, strict=True):
        row[key] = milliseconds
    return rows


def _network(name, size, threads):
    """Row, Segmenter if it is trained, and {key: function to time} of a network."""
    network, kind, path = _open(name, size)
    rows = count(network)
    found = totals(rows)
    row = _empty(name) | {"network": kind, "size": network.input_shape[1], "parameters": found["trainable"]}
    row |= {"macs": found["macs"], "flops": flops_of_papers(network)}
    row["printed"] = dataclasses.asdict(PRINTED[kind]) if kind in PRINTED else None
    timed = {}
    try:
        deployed = deploy(network)
        for key, convert in zip(TIMES, (convert_float, _convert_int8), strict=True):
            interpreter = open_interpreter(convert(deployed), "benchmark", threads=threads)
            feed(interpreter)
            timed[key] = interpreter.invoke
    except PortraitError as error:
        row["why"] = str(error)
    return row, path and Segmenter(path), timed


def _file(path, size, threads):
    """The same of a .tflite or .onnx file."""
    segmenter = Segmenter(path, threads=threads)
    segmenter.probability(np.zeros((64, 64, 3), np.uint8))  # feeds the input
    row = _empty(path) | {"network": Path(path).suffix[1:], "size": segmenter.runtime.shape[0]}
    return row, segmenter, {TIMES[0]: segmenter.runtime.invoke}


def _empty(name):
    keys = ("network", "size", "parameters", "macs", "flops", *TIMES, "why", "printed")
    return {"name": str(name), **dict.fromkeys(keys)}


def format_scoreboard(rows, threads=1):
    """The rows as a Markdown table; what cannot become a file for phones says why below it."""
    columns = ["", "px", "parameters (printed)", "MACs; FLOPs as PortraitNet, SINet count (printed)"]
    columns += [f"float32 / int8 ms, threads: {threads}", "IoU per photo", "class mIoU", "edge IoU, sigma 3"]
    columns += ["boundary F1", "printed accuracy"]
    lines = []
    for row in rows:
        printed = row["printed"] or {"parameters": "-", "flops": "-", "accuracy": "-"}
        parameters = macs = "-"
        if row["flops"]:
            parameters = f"{row['parameters'] / 1e6:.3f} M ({printed['parameters']})"
            counted = [row["macs"], row["flops"]["portraitnet"], row["flops"]["sinet"]]
            macs = "{:.3f}; {:.3f}, {:.3f} G".format(*(number / 1e9 for number in counted)) + f" ({printed['flops']})"
        cells = [
            row["name"],
            str(row["size"]),
            parameters,
            macs,
            " / ".join("-" if row[key] is None else f"{row[key]:.2f}" for key in TIMES),
            *("-" if row[metric] is None else f"{row[metric]:.4f}" for metric in METRICS),
            printed["accuracy"],
        ]
        lines.append(cells)
    reasons = [f"\n{row['name']} is not all files for phones: {row['why']}" for row in rows if row["why"]]
    return "\n".join([tables.markdown(lines, columns), *reasons])


def draw_scoreboard(path, rows):
    """Writes a plot (PNG): IoU against int8 time, the area of a bubble its parameters; files as crosses.

    Returns whether it could.
    """
    from matplotlib import colormaps
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    rows = [row for row in rows if row["iou"] is not None and _time(row)]
    if not rows:
        return False
    figure = Figure((8, 5), layout="constrained")
    axes = figure.subplots()
    for index, row in enumerate(rows):
        name, color = Path(row["name"]).name, colormaps["tab20"](index % 20)
        if row["parameters"]:
            size, marker, label = 40 + 20 * (row["parameters"] / 1e4) ** 0.5, "o", f"{row['parameters'] / 1e6:.2f} M"
        else:
            size, marker, label = 60, "X", "file"
        axes.scatter(_time(row), row["iou"], size, [color], marker, alpha=0.7, label=f"{name}, {label}")
    for handle in figure.legend(loc="outside right upper", fontsize="small").legend_handles:
        handle.set_sizes([60])
    axes.set(xlabel="milliseconds of the int8 file (crosses: of the file as it is)", ylabel="IoU per photo")
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(LogLocator(subs=(2, 5)))
    for numbers in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        numbers("{x:g}")
    axes.margins(0.2)
    axes.grid(alpha=0.3)
    plots.save(path, figure)
    return True


def _time(row):
    return row["int8_ms"] or row["float_ms"]


def _open(name, size):
    """Network, its kind in PRINTED, and the path of its weights if it is trained."""
    if name in (*NETWORKS, *baselines.MODULES) and name not in shipped_models():
        return build(name, size=size), name, None
    if name in baselines.VARIANTS:
        network, options = baselines.VARIANTS[name]
        return build(network, size=size, **options), name, None
    try:
        path = model_path(name)
    except PortraitError as error:
        raise PortraitError(
            f"{error}; or an untrained network: {', '.join((*NETWORKS, *baselines.MODULES))}"
        ) from error
    network, card = load_model(path)
    return network, _kind(card["network"], card["options"]), path


def _kind(network, options):
    """What PRINTED calls a network with these options: a variant of a baseline, or the network itself."""
    options = {key: value for key, value in options.items() if key != "size"}
    variants = (name for name, known in baselines.VARIANTS.items() if known == (network, options) and name in PRINTED)
    return next(variants, network)


def _convert_int8(deployed):
    """The int8 file with ranges of drawn portraits, as its time alone is of interest here."""
    drawn = SyntheticPortraits(CALIBRATION, deployed.input_shape[1])
    return convert_ptq(deployed, [np.float32(drawn[index][0])[None] for index in range(CALIBRATION)])


def files_of(out):
    """Paths of the Markdown, JSON and PNG that go by one name."""
    return [Path(out).with_suffix(suffix) for suffix in (".md", ".json", ".png")]
