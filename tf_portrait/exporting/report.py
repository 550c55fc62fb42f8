"""The report of an export: what each file gives, as Markdown, as JSON and as pictures."""

import numpy as np

from tf_portrait import tables
from tf_portrait.inference.pictures import as_picture, contact_sheet

SHEET_PHOTOS = 8


def format_report(report):
    """Markdown of the dict that exporter.export returns."""
    lines = [
        f"# Export of {report['model']}",
        "",
        f"Judged on {report['photos']} photos from {report['validation']}. Calibrated on {report['told']}.",
        "IoU is of the person, averaged over photos; boundary F1 (15 px at 224): as evaluate.py, but on photos of at "
        "most 512 pixels.",
        "Agreement, difference: labels and probabilities at the network's size, against the Keras model.",
        "",
        tables.markdown(
            [
                _row("Keras model", report["keras"]),
                *(_row(f"`{name}`", facts) for name, facts in report["files"].items()),
            ],
            ["file", "IoU", "F1", "agreement", "max difference", "99.99 %", "MB", "ms, 1 thread"],
        ),
        "",
    ]
    tflite = {name: facts for name, facts in report["files"].items() if "ops" in facts}
    if tflite:
        rows = []
        for name, facts in tflite.items():
            ops = ", ".join(f"{count} {op}" for op, count in facts["ops"].items())
            left = ", ".join(f"{count} {op}" for op, count in facts["xnnpack_left"].items()) or "nothing"
            gpu = "all of it" if facts["gpu_compatible"] else "; ".join(facts["gpu_problems"])
            rows.append([f"`{name}`", ops, left, gpu, f"{facts['bytes_out']} B"])
        lines += [tables.markdown(rows, ["file", "operations", "XNNPACK leaves", "GPU delegate", "copied out"]), ""]
    if report["qat"]:
        scores = ", ".join(f"{score:.4f}" for score in report["qat"]["scores"])
        lines += [
            f"Quantization-aware training: IoU {scores}; kept the state after epoch {report['qat']['epoch']}. "
            "The epoch was picked on (up to 150 of) the photos that judge the files, which flatters them a little.",
            "",
        ]
    if report["keep_float"]:
        lines += [f"Kept float: {', '.join(report['keep_float'])}.", ""]
    lines += ["## Gates", ""]
    lines += [f"- {'passed' if gate['passed'] else '**MISSED**'}: {gate['text']}" for gate in report["gates"]]
    lines += [f"- **FAILED**: {kind}: {reason}" for kind, reason in report["failures"].items()]
    coreml = [name for name in report["files"] if not name.endswith(".tflite")]
    if coreml:
        lines += ["", f"Core ML files were run by {report['coreml_by']}."]
    return "\n".join(lines) + "\n"


def format_summary(report):
    """The end of an export, for a terminal."""
    lines = [f"{'':34} {'IoU':>7} {'F1':>7} {'agreement':>10} {'MB':>6} {'ms':>6}"]
    for name, facts in {"Keras model": report["keras"], **report["files"]}.items():
        agreement = f"{facts['label_agreement']:.3%}" if "label_agreement" in facts else ""
        size = f"{facts['bytes'] / 1e6:.2f}" if "bytes" in facts else ""
        speed = f"{facts['milliseconds']:.1f}" if "milliseconds" in facts else ""
        lines.append(f"{name:34} {facts['iou']:7.4f} {facts['boundary_f1']:7.4f} {agreement:>10} {size:>6} {speed:>6}")
    lines += [f"MISSED {gate['text']}" for gate in report["gates"] if not gate["passed"]]
    lines += [f"FAILED {kind}: {reason}" for kind, reason in report["failures"].items()]
    gates = sum(gate["passed"] for gate in report["gates"])
    lines.append(f"{gates} of {len(report['gates'])} gates passed; the report: {report['folder']}/report.md")
    return "\n".join(lines)


def worst_photos(judge, alphas_of, name):
    """Photo, mask, Keras and file of the photos where one file is worst. Returns (H, W, 3) uint8 RGB.

    alphas_of: the file's alphas (N, S, S). name: for the captions.
    """
    from tf_portrait.data.fit import fit_photo
    from tf_portrait.metrics import portrait_iou

    size = judge.photos.shape[1]
    masks = [fit_photo(as_picture(mask), size, judge.fit) for mask in judge.masks]
    scores = [portrait_iou(a > judge.threshold, m[..., 0] > 127) for a, m in zip(alphas_of, masks, strict=True)]
    order = np.argsort(scores)[:SHEET_PHOTOS]
    rows = [
        [judge.photos[i][..., :3], masks[i], as_picture(judge.expected[i]), as_picture(alphas_of[i])] for i in order
    ]
    return contact_sheet(rows, [f"photo, mask, Keras, {name}: IoU {scores[i]:.3f}" for i in order], groups=2)


def _row(name, facts):
    cells = [f"{facts[key]:.4f}" for key in ("iou", "boundary_f1")]
    if "label_agreement" in facts:
        cells += [
            f"{facts['label_agreement']:.4%}",
            f"{facts['max_difference']:.2g}",
            f"{facts['p99_99_difference']:.2g}",
        ]
    else:
        cells += ["", "", ""]
    cells.append(f"{facts['bytes'] / 1e6:.2f}" if "bytes" in facts else "")
    cells.append(f"{facts['milliseconds']:.2f}" if "milliseconds" in facts else "")
    return [name, *cells]
