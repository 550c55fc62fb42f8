""".tflite files run on this machine's CPU."""

import importlib
import threading
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.inference.interface import Interface
from tf_portrait.quiet import quiet

BACKENDS = ("ai_edge_litert", "tflite_runtime")


class TFLiteModel:
    """A .tflite file with one image in and one map out, as a Runtime (inference/runtime.py).

    backend: "ai_edge_litert", "tflite_runtime", or None for the first that is installed. threads: of the CPU.
    interface: what goes in and comes out; default: the package's own, RGB 0..255 in (and the previous mask as a fourth
    channel, where the file takes one) and the probability out. A file with integers in takes the pixels' bytes.
    content: the file's bytes, if they were read already.
    Threads may share it: they take turns. Raises PortraitError for a file that is missing, damaged, or of another
    shape than (1, H, W, 3 or 4) -> (1, H, W[, C]).
    """

    def __init__(self, path, backend=None, threads=1, interface=Interface(), content=None):  # noqa: B008 (frozen)
        self.path, self.interface, self._lock = path, interface, threading.Lock()
        self.interpreter = open_interpreter(content or read_bytes(path), path, backend, threads)
        inputs, outputs = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        check_image_to_map(inputs, outputs, path)
        (self._input,), (self._output,) = inputs, outputs
        *self.shape, self.channels = self._input["shape"][1:].tolist()
        self.shape = tuple(self.shape)

    def probability(self, rgb):
        """(H, W, channels) uint8 or float, 0..255, of the file's size -> alpha (H, W) float32, 0..1."""
        return self.interface.person(dequantized(self.raw(rgb), self._output)[0], self.path)

    def heads(self, rgb):
        """[probability]: an exported file has no other head."""
        return [self.probability(rgb)]

    def raw(self, rgb):
        """The output tensor as the file gives it, e.g. (1, H, W, 1) uint8 or float32."""
        values = self._fed(np.asarray(rgb))[None]
        with self._lock:
            try:
                self.interpreter.set_tensor(self._input["index"], values)
                self.interpreter.invoke()
                return self.interpreter.get_tensor(self._output["index"])
            except (RuntimeError, ValueError) as error:
                raise PortraitError(f"{self.path}: cannot be run ({error}); the file is damaged") from error

    def invoke(self):
        """The network alone, once more on what it was fed last: for a clock."""
        with self._lock:
            self.interpreter.invoke()

    def _fed(self, rgb):
        dtype = self._input["dtype"]
        if np.issubdtype(dtype, np.integer):
            pixels = np.clip(np.round(rgb), 0, 255)
            return (pixels - 128 if dtype == np.int8 else pixels).astype(dtype)
        return self.interface.feed(rgb).astype(dtype)


def check_image_to_map(inputs, outputs, path):
    """Raises PortraitError unless an interpreter's details are one RGB photo in and one map out."""
    shapes = [[detail["shape"].tolist() for detail in details] for details in (inputs, outputs)]
    if len(inputs) != 1 or len(outputs) != 1:
        raise PortraitError(f"{path}: maps {shapes[0]} to {shapes[1]}; one photo in and one map out is needed")
    (shape,), (map_shape,) = shapes
    if len(shape) != 4 or shape[0] != 1 or shape[3] not in (3, 4) or min(shape) < 1:
        raise PortraitError(f"{path}: maps {shape} to {map_shape}; it has to take one photo (1, H, W, 3)")
    if len(map_shape) not in (3, 4) or map_shape[0] != 1 or min(map_shape) < 1:
        raise PortraitError(f"{path}: maps {shape} to {map_shape}; it has to answer with a map (1, H, W[, C])")
    if inputs[0]["dtype"] not in (np.float32, np.uint8, np.int8):
        raise PortraitError(f"{path}: takes {np.dtype(inputs[0]['dtype']).name}; float32, uint8 and int8 are known")


def read_bytes(path):
    """A file's content. Raises PortraitError if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise PortraitError(f"{path}: cannot be read ({error.strerror})") from error


def open_interpreter(content, path, backend=None, threads=1, delegate=True):
    """An interpreter, ready to run with XNNPACK; without it (delegate=False) only to look at the graph.

    Raises PortraitError for a damaged file or a missing backend. Damage may also crash the process: a file of someone
    else's goes through trial.try_out first.
    """
    check_mark(content, path)
    module = load_backend(backend)
    options = {"num_threads": threads}
    if not delegate:
        options["experimental_op_resolver_type"] = module.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    try:
        with quiet(streams=(2,)):  # it announces its delegate
            interpreter = module.Interpreter(model_content=content, **options)
            if delegate:  # custom operations of others' files are known to XNNPACK alone
                interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise PortraitError(f"{path}: damaged, or needs operations that are not built in ({error})") from error
    return interpreter


def check_mark(content, path):
    """Raises PortraitError for bytes that do not even claim to be a .tflite file."""
    if content[4:8] != b"TFL3":
        raise PortraitError(f"{path}: not a .tflite file (no TFL3 mark)")


def quantized(values, detail):
    """Real values as a tensor of the file's type."""
    scale, zero = detail["quantization"]
    if detail["dtype"] in (np.uint8, np.int8) and scale:
        limits = np.iinfo(detail["dtype"])
        values = np.clip(np.round(np.asarray(values, np.float32) / scale) + zero, limits.min, limits.max)
    return values.astype(detail["dtype"])


def dequantized(values, detail):
    """A tensor of the file's type as real float32 values."""
    scale, zero = detail["quantization"]
    values = values.astype(np.float32)
    return (values - zero) * np.float32(scale) if scale else values


def load_backend(name=None):
    """The interpreter's module: of BACKENDS by name, or the first that is installed."""
    if name is not None and name not in BACKENDS:
        raise PortraitError(f"backend={name!r} is unknown; use one of {', '.join(BACKENDS)}")
    for found in (name,) if name else BACKENDS:
        try:
            return importlib.import_module(f"{found}.interpreter")
        except ImportError:
            continue
    wanted = name or " or ".join(BACKENDS)
    raise PortraitError(f"{wanted} is not installed; pip install {(name or BACKENDS[0]).replace('_', '-')}")
