"""Trying someone's .tflite or .onnx file in a process of its own, which it may crash alone."""

import subprocess
import sys
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.inference.tflite import BACKENDS, check_mark, load_backend

CHILD = Path(__file__).with_name("trial_child.py")
SECONDS = 60


def try_out(content, path, backend=None, preflight=False):
    """Opens and runs a file's bytes once in a child process, on noise.

    backend: of tflite.BACKENDS (None for what is installed), or "onnxruntime". preflight: also reads it
    in the ways that exporting.tflite.preflight does.
    Raises PortraitError if the file crashes the child, cannot be run, takes longer than SECONDS or too much memory.
    """
    if backend != "onnxruntime":
        check_mark(content, path)
        module = load_backend(backend or (BACKENDS[0] if preflight else None))
        backend = module.__name__.removesuffix(".interpreter")
    command = [sys.executable, "-P", str(CHILD), backend, "preflight" if preflight else "run"]
    try:
        child = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PortraitError(f"{path}: did not answer within {SECONDS} seconds; it is damaged or too large") from error
    if child.returncode == 0:
        return
    if child.returncode == 3:
        why = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PortraitError(f"{path}: damaged, or needs operations that are not built in ({why})")
    raise PortraitError(f"{path}: crashes the interpreter (code {child.returncode}); it is damaged")
