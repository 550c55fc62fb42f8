"""What every exported file has to keep, or the export fails."""

import dataclasses

MAX_FLOAT_DIFFERENCE = 1e-4
MAX_COREML_DIFFERENCE = {"mlmodel": 1e-2, "mlpackage": 3e-2}  # the latter's small kernels are float16 too
HALF_IOU_DROP = 0.0005
INT8_AGREEMENT = 0.995
DRAWN_AGREEMENT = 0.99  # on drawn portraits, where a network that was trained on photos is less sure
INT8_SIZE = 0.35
MOSTLY_GRAPH = 1_000_000  # bytes of a float32 file below which its weights are no measure of its size


@dataclasses.dataclass(frozen=True)
class Gate:
    """One demand on one file. passed: value <= limit, or >= for at_least."""

    file: str
    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def passed(self):
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self):
        sign = (">=" if self.at_least else "<=") if self.passed else ("<" if self.at_least else ">")
        missed = "" if self.passed else f", missed by {abs(self.value - self.limit):.4g}"
        return f"{self.file}: {self.what} {self.value:.4g} {sign} {self.limit:.4g}{missed}"


def gates_of(kind, file, facts, keras, float_bytes, iou_drop, f1_drop, real=True):
    """The Gates of one file.

    kind: format name without compression; others (post-training, compressed weights) are reported, not gated.
    facts: of measure(). keras: the Keras model's means. float_bytes: size of the float32 file, or None.
    real: whether the photos are photographed, not drawn.
    """
    lost = {metric: keras[metric] - facts[metric] for metric in ("iou", "boundary_f1")}
    if kind == "float32":
        gates = [Gate(file, "max difference", facts["max_difference"], MAX_FLOAT_DIFFERENCE)]
    elif kind == "float16":
        gates = [Gate(file, "IoU drop", lost["iou"], HALF_IOU_DROP)]
    elif kind == "int8":
        agreement = INT8_AGREEMENT if real else DRAWN_AGREEMENT
        gates = [
            Gate(file, "IoU drop", lost["iou"], iou_drop),
            Gate(file, "boundary F1 drop", lost["boundary_f1"], f1_drop),
            Gate(file, "label agreement", facts["label_agreement"], agreement, at_least=True),
        ]
        if float_bytes and float_bytes >= MOSTLY_GRAPH:
            gates.append(Gate(file, "size against float32", facts["bytes"] / float_bytes, INT8_SIZE))
    elif kind in ("mlpackage", "mlmodel"):
        gates = [
            Gate(file, "max difference", facts["max_difference"], MAX_COREML_DIFFERENCE[kind]),
            Gate(file, "IoU drop", lost["iou"], HALF_IOU_DROP),
        ]
    else:
        return []
    return gates + (_graph_gates(kind, file, facts) if "ops" in facts else [])


def _graph_gates(kind, file, facts):
    """What the graph of a .tflite has to be."""
    gates = [
        Gate(file, "custom and dynamic-shape operations", len(facts["custom_ops"]) + len(facts["dynamic_ops"]), 0),
        Gate(file, "conversions inside", facts["inner_conversions"], 0),
        Gate(file, "XNNPACK takes all but the edges", float(facts["xnnpack_whole"]), 1, at_least=True),
    ]
    if kind != "int8":
        gates.append(Gate(file, "operations that the GPU leaves out", len(facts["gpu_problems"]), 0))
    return gates
