"""What a .tflite file will do on a phone, read from the file before any phone sees it."""

import collections

import numpy as np
from ai_edge_litert import _pywrap_analyzer_wrapper as analyzer
from ai_edge_litert.tools import flatbuffer_utils

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.tflite.metadata import has_metadata
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.segmenter import card_of_file
from tf_portrait.inference.tflite import open_interpreter, quantized, read_bytes
from tf_portrait.inference.trial import try_out

# Operations that appear where a shape is not fixed; each splits the graph for delegates.
DYNAMIC = ("SHAPE", "PACK", "STRIDED_SLICE", "SLICE", "FILL", "RANGE", "BROADCAST_ARGS")
CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")


def preflight(path, runs=30):
    """Facts about any .tflite file, as a JSON-able dict.

    Keys: bytes, inputs and outputs (name, shape, dtype, quantization), ops (name: count), custom_ops, dynamic_ops,
    inner_conversions (QUANTIZE and DEQUANTIZE not at the graph's edges), int8_share of the operations that compute,
    xnnpack_partitions, xnnpack_left and xnnpack_whole (all but conversions at the edges), gpu_compatible and
    gpu_problems, metadata, bytes_out, and milliseconds: the least of `runs` on one thread.
    The file is tried in a child process first, as it may be damaged so that it crashes the interpreter.
    Raises PortraitError if it is damaged or cannot run.
    """
    content = read_bytes(path)
    card_of_file(content, path)  # one of ours that was changed says so here
    try_out(content, path, preflight=True)
    try:
        return _facts(content, path, runs)
    except (PortraitError, KeyboardInterrupt):
        raise
    except Exception as error:  # flatbuffers reads what it is told to, and stumbles over damage in many ways
        raise PortraitError(f"{path}: damaged, its graph cannot be read ({error!r:.100})") from error


def _facts(content, path, runs):
    plain = open_interpreter(content, path, delegate=False)
    fast = open_interpreter(content, path)
    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    inputs, outputs = (
        [_tensor(d) for d in details] for details in (plain.get_input_details(), plain.get_output_details())
    )
    names = [operator["op_name"] for operator in plain._get_ops_details()]
    problems = gpu_problems(content)
    feed(fast)
    return {
        "bytes": len(content),
        "inputs": inputs,
        "outputs": outputs,
        "ops": dict(collections.Counter(names).most_common()),
        "custom_ops": sorted({name for name in names if name == "CUSTOM" or name.startswith("Flex")}),
        "dynamic_ops": sorted({name for name in names if name in DYNAMIC}),
        "inner_conversions": _inner_conversions(plain),
        "int8_share": _int8_share(plain),
        **_partitions(fast),
        "gpu_compatible": not problems,
        "gpu_problems": problems,
        "metadata": has_metadata(model),
        "bytes_out": sum(int(np.prod(d["shape"])) * np.dtype(d["dtype"]).itemsize for d in plain.get_output_details()),
        "milliseconds": least_milliseconds([fast.invoke], 1, runs)[0],
    }


def feed(interpreter):
    """Puts a random photo into every input."""
    rng = np.random.default_rng(0)
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], quantized(rng.integers(0, 256, detail["shape"]), detail))


def gpu_problems(content):
    """What TFLite's GPU delegate would leave to the CPU, by its own analyzer; empty if nothing."""
    text = analyzer.ModelAnalyzer(content, False, True)
    problems = [line.split(":", 1)[-1].strip() for line in text.splitlines() if "GPU COMPATIBILITY WARNING" in line]
    return problems or ([] if "looks compatible with GPU" in text else ["the analyzer does not call it compatible"])


def format_facts(path, facts):
    """The facts as text for a terminal."""
    lines = [f"{path}: {facts['bytes'] / 1e6:.2f} MB, {facts['milliseconds']:.2f} ms on one thread"]
    for side in ("inputs", "outputs"):
        for tensor in facts[side]:
            scale = f", scale {tensor['scale']:g}, zero point {tensor['zero_point']}" if tensor["scale"] else ""
            lines.append(f"  {side[:-1]}: {tensor['name']} {tensor['shape']} {tensor['dtype']}{scale}")
    lines.append("  operations: " + ", ".join(f"{count} {name}" for name, count in facts["ops"].items()))
    lines.append(
        f"  int8: {facts['int8_share']:.0%} of the operations, {facts['inner_conversions']} conversions inside"
    )
    for kind, key in (("custom", "custom_ops"), ("dynamic-shape", "dynamic_ops")):
        if facts[key]:
            lines.append(f"  {kind} operations, which delegates leave out: {', '.join(facts[key])}")
    left = ", ".join(f"{count} {name}" for name, count in facts["xnnpack_left"].items()) or "nothing"
    lines.append(f"  XNNPACK: {facts['xnnpack_partitions']} partition(s); it leaves {left}")
    lines.append(f"  GPU delegate: {'compatible' if facts['gpu_compatible'] else 'NOT compatible'}")
    lines += [f"    {problem}" for problem in facts["gpu_problems"]]
    lines.append(f"  copied out for each photo: {facts['bytes_out']} bytes")
    lines.append(f"  metadata: {'yes' if facts['metadata'] else 'no'}")
    return "\n".join(lines)


def _tensor(detail):
    scale, zero = detail["quantization"]
    return {
        "name": detail["name"],
        "shape": detail["shape"].tolist(),
        "dtype": np.dtype(detail["dtype"]).name,
        "scale": float(scale),
        "zero_point": int(zero),
    }


def _edges(interpreter):
    return (
        {detail["index"] for detail in interpreter.get_input_details()},
        {detail["index"] for detail in interpreter.get_output_details()},
    )


def _inner_conversions(interpreter):
    """Conversions that neither read the graph's input, nor write its output, nor unpack a constant (float16 files)."""
    inputs, outputs = _edges(interpreter)
    made = {index for op in interpreter._get_ops_details() for index in op["outputs"]}
    return sum(
        op["op_name"] in CONVERSIONS
        and not inputs & set(op["inputs"])
        and not outputs & set(op["outputs"])
        and bool(made & set(op["inputs"]))
        for op in interpreter._get_ops_details()
    )


def _int8_share(interpreter):
    """Part of the operations, conversions aside, whose first output is int8 or uint8."""
    dtypes = {detail["index"]: detail["dtype"] for detail in interpreter.get_tensor_details()}
    kinds = [
        dtypes.get(op["outputs"][0]) in (np.int8, np.uint8)
        for op in interpreter._get_ops_details()
        if op["op_name"] not in CONVERSIONS
    ]
    return float(np.mean(kinds)) if kinds else 0.0


def _partitions(interpreter):
    """How many pieces XNNPACK takes, what it leaves, and whether that is nothing but conversions at the edges."""
    operations = interpreter._get_ops_details()
    pieces = [op for op in operations if op["op_name"] == "DELEGATE"]
    maker = {index: op for op in operations if op["op_name"] != "DELEGATE" for index in op["outputs"]}
    taken = []
    for piece in pieces:  # backward from what a piece writes to what it reads
        inputs, waiting = set(piece["inputs"]), list(piece["outputs"])
        while waiting:
            op = maker.get(waiting.pop())
            if op is not None and not any(op is other for other in taken):
                taken.append(op)
                waiting += [index for index in op["inputs"] if index not in inputs]
    left = [op for op in operations if op["op_name"] != "DELEGATE" and not any(op is other for other in taken)]
    edges = set.union(*_edges(interpreter))
    at_edge = [bool(edges & {*op["inputs"], *op["outputs"]}) and op["op_name"] in CONVERSIONS for op in left]
    return {
        "xnnpack_partitions": len(pieces),
        "xnnpack_left": dict(collections.Counter(op["op_name"] for op in left)),
        "xnnpack_whole": len(pieces) == 1 and all(at_edge),
    }
