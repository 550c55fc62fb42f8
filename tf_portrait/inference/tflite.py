""".tflite files run on this machine's CPU."""

import importlib
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.quiet import quiet

BACKENDS = ("ai_edge_litert", "tflite_runtime")


class TFLiteModel:
    """A .tflite file with one image in and one map out.

    backend: "ai_edge_litert", "tflite_runtime", or None for the first that is installed. threads: of the CPU.
    Raises PortraitError for a file that is missing, damaged, or of another shape than (1, H, W, 3) -> (1, H, W, 1).
    """

    def __init__(self, path, backend=None, threads=1):
        self.interpreter = open_interpreter(read_bytes(path), path, backend, threads)
        (self._input, *more), (self._output, *others) = (
            self.interpreter.get_input_details(),
            self.interpreter.get_output_details(),
        )
        shapes = self._input["shape"].tolist(), self._output["shape"].tolist()
        if more or others or len(shapes[0]) != 4 or shapes[0][0] != 1 or shapes[0][3] != 3 or shapes[1][0] != 1:
            raise PortraitError(
                f"{path}: maps {shapes[0]} to {shapes[1]}; one photo (1, H, W, 3) in, one map out is needed"
            )
        self.shape = tuple(shapes[0][1:3])

    def __call__(self, rgb):
        """(H, W, 3) uint8 or float, 0..255, of the file's size -> alpha (H, W) float32, 0..1."""
        alpha = dequantized(self.raw(rgb), self._output)
        return alpha.reshape(alpha.shape[1:3])

    def raw(self, rgb):
        """The output tensor as the file gives it, (1, H, W, 1) uint8 or float32."""
        self.interpreter.set_tensor(self._input["index"], quantized(np.asarray(rgb)[None], self._input))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self._output["index"])


def read_bytes(path):
    """A file's content. Raises PortraitError if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise PortraitError(f"{path}: cannot be read ({error.strerror})") from error


def open_interpreter(content, path, backend=None, threads=1, delegate=True):
    """An interpreter, ready to run with XNNPACK; without it (delegate=False) only to look at the graph.

    Raises PortraitError for a damaged file or a missing backend.
    """
    if not content[4:8] == b"TFL3":
        raise PortraitError(f"{path}: not a .tflite file (no TFL3 mark)")
    module = _module(backend)
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


def _module(backend):
    if backend is not None and backend not in BACKENDS:
        raise PortraitError(f"backend={backend!r} is unknown; use one of {', '.join(BACKENDS)}")
    for name in (backend,) if backend else BACKENDS:
        try:
            return importlib.import_module(f"{name}.interpreter")
        except ImportError:
            continue
    wanted = backend or " or ".join(BACKENDS)
    raise PortraitError(f"{wanted} is not installed; pip install {(backend or BACKENDS[0]).replace('_', '-')}")
