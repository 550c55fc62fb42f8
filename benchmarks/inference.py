"""Milliseconds of .tflite files on one thread, in one run: files take turns, and the least time of each counts.

python benchmarks/inference.py FIRST.tflite OTHER.tflite ...     (ratios are to the first)
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.exporting.tflite.preflight import feed
from tf_portrait.inference.clock import least_milliseconds
from tf_portrait.inference.tflite import open_interpreter, read_bytes


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.tflite")
    return parser.parse_args()


def milliseconds(files, **turns):
    """The least time of each file, given as (content, name), all taking turns; turns: of least_milliseconds."""
    interpreters = [open_interpreter(content, name) for content, name in files]
    for interpreter in interpreters:
        feed(interpreter)
    return least_milliseconds([interpreter.invoke for interpreter in interpreters], **turns)


def main(files):
    least = milliseconds([(read_bytes(path), path) for path in files])
    for path, time in zip(files, least, strict=True):
        print(f"{time:8.2f} ms  {time / least[0]:6.3f} x  {path}")


if __name__ == "__main__":
    main(parse().files)
