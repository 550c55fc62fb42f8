"""What a .tflite file says: its operations in order, and its constants as arrays."""

import dataclasses

import numpy as np

from tf_portrait.errors import PortraitError

_FLOATS = {"FLOAT32": np.float32, "FLOAT16": np.float16}
_WHOLE = {"INT32": np.int32, "INT64": np.int64}


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation: its name, place in the file, tensors in and out by number, and the schema's options (or None)."""

    name: str
    place: int
    inputs: tuple
    output: int
    options: object
    custom: bytes = b""


@dataclasses.dataclass(frozen=True)
class Graph:
    """inputs, outputs: tensor numbers. shapes: of all tensors. constants: float32 or integer arrays by number."""

    inputs: tuple
    outputs: tuple
    shapes: dict
    constants: dict
    operations: tuple


def read_graph(content, path):
    """The Graph of a float file's bytes; float16 weights come as float32, their DEQUANTIZE operations are gone.

    Raises PortraitError for a damaged file, several graphs, quantized tensors or several results of one operation.
    """
    from tensorflow.lite.python import schema_py_generated as schema

    if content[4:8] != b"TFL3":
        raise PortraitError(f"{path}: not a .tflite file (no TFL3 mark)")
    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        (graph,) = model.subgraphs
    except Exception as error:  # flatbuffers raise whatever the damage leads to
        raise PortraitError(f"{path}: damaged, or of more than one graph ({error})") from error
    kinds = {value: name for name, value in vars(schema.TensorType).items() if isinstance(value, int)}
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    constants, operations = {}, []
    for number, tensor in enumerate(graph.tensors):
        constant = _constant(model.buffers[tensor.buffer].data, tensor, kinds[tensor.type], path)
        if constant is not None:
            constants[number] = constant
    for place, raw in enumerate(graph.operators):
        code = model.operatorCodes[raw.opcodeIndex]
        name = names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        name = code.customCode.decode() if name == "CUSTOM" else name
        inputs, outputs = tuple(map(int, raw.inputs)), tuple(map(int, raw.outputs))
        if len(outputs) != 1:
            raise PortraitError(f"{path}: operation {place}, {name}, has {len(outputs)} results; one can be read")
        if name == "DEQUANTIZE" and inputs[0] in constants:
            constants[outputs[0]] = constants[inputs[0]].astype(np.float32)
            continue
        custom = b"" if raw.customOptions is None else bytes(raw.customOptions)
        operations.append(Operation(name, place, inputs, outputs[0], raw.builtinOptions, custom))
    shapes = {n: tuple(map(int, t.shape)) if t.shape is not None else () for n, t in enumerate(graph.tensors)}
    return Graph(tuple(map(int, graph.inputs)), tuple(map(int, graph.outputs)), shapes, constants, tuple(operations))


def _constant(data, tensor, kind, path):
    """The tensor's array, or None for one that is computed."""
    name = tensor.name.decode()
    if kind not in _FLOATS and kind not in _WHOLE:
        raise PortraitError(f"{path}: tensor {name} is {kind}; only float32 and float16 files can be read")
    if data is None or not len(data):
        return None
    values = np.frombuffer(bytes(data), {**_FLOATS, **_WHOLE}[kind])
    shape = () if tensor.shape is None else tuple(tensor.shape)
    if values.size != int(np.prod(shape)):
        raise PortraitError(
            f"{path}: tensor {name} has {values.size} values for the shape {shape}; the file is damaged"
        )
    return values.reshape(shape).astype(np.float32) if kind in _FLOATS else values.reshape(shape)
