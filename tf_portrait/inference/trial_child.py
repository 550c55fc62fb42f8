"""Runs a .tflite or .onnx file from the standard input once, as a process of its own; see trial.py.

Imports nothing of the package, so that it starts in a fraction of a second. Arguments: the interpreter's module, or
"onnxruntime"; "run", or "preflight" to also do what preflight does. Exits with 0 if all went well, with 3 and a
sentence on the standard error if not.
"""

import importlib
import sys

import numpy as np

MEMORY = 8 << 30  # bytes; more is not a phone's


def main(backend, depth):
    limit_memory()
    content = sys.stdin.buffer.read()
    if backend == "onnxruntime":
        return run_onnx(content)
    module = importlib.import_module(f"{backend}.interpreter")
    interpreters = [module.Interpreter(model_content=content, num_threads=1)]
    if depth == "preflight":
        from ai_edge_litert import _pywrap_analyzer_wrapper as analyzer

        plain = module.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreters[0]._get_ops_details()
        look = module.Interpreter(model_content=content, experimental_op_resolver_type=plain)
        look._get_ops_details(), look.get_tensor_details(), look.get_input_details(), look.get_output_details()
        analyzer.ModelAnalyzer(content, False, True)
    for interpreter in interpreters:
        interpreter.allocate_tensors()
        rng = np.random.default_rng(0)
        for detail in interpreter.get_input_details():
            noise = rng.random(detail["shape"], np.float32)
            interpreter.set_tensor(detail["index"], (noise * 255).astype(detail["dtype"]))
        interpreter.invoke()
        for detail in interpreter.get_output_details():
            interpreter.get_tensor(detail["index"])
        interpreter._get_ops_details()


def run_onnx(content):
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    rng, sides = np.random.default_rng(0), session.get_inputs()[0].shape
    noise = rng.random([side if isinstance(side, int) else 1 for side in sides], np.float32)
    session.run(None, {session.get_inputs()[0].name: noise})


def limit_memory():
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BaseException as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(3)
