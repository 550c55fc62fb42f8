"""Milliseconds of .tflite files on one thread, in one run: files take turns, and the least time of each counts.

python benchmarks/inference.py FIRST.tflite OTHER.tflite ...     (ratios are to the first)
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.inference.tflite import open_interpreter, quantized, read_bytes

ROUNDS, RUNS = 20, 15


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.tflite")
    return parser.parse_args()


def main(files):
    interpreters = [open_interpreter(read_bytes(path), path) for path in files]
    for interpreter in interpreters:
        for detail in interpreter.get_input_details():
            values = np.random.default_rng(0).integers(0, 256, detail["shape"])
            interpreter.set_tensor(detail["index"], quantized(values, detail))
    least = [np.inf] * len(files)
    for _ in range(ROUNDS):
        for index, interpreter in enumerate(interpreters):
            for _ in range(RUNS):
                started = time.perf_counter()
                interpreter.invoke()
                least[index] = min(least[index], time.perf_counter() - started)
    for path, seconds in zip(files, least, strict=True):
        print(f"{1e3 * seconds:8.2f} ms  {seconds / least[0]:6.3f} x  {path}")


if __name__ == "__main__":
    main(parse().files)
