"""The commands: each module parses, calls and prints. `tf-portrait train` and `python pipelines/train.py` are one."""

import argparse
import importlib
import os
import sys

from tf_portrait.errors import PortraitError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

COMMANDS = {
    "train": "train a segmenter, or look for faults in photos and masks (--check)",
    "evaluate": "score a model on photos with masks, alone or beside others",
    "predict": "cut people out of photos, folders, videos or a camera",
    "export": "make files for Android and iPhone, and prove them",
    "preflight": "say what a .tflite file will do on a phone",
    "label": "make masks with a teacher",
    "review": "accept, reject and mend masks on a local page",
    "prepare_data": "cut portraits out of photos of whole people, or pack a set into shards",
    "demo": "show it live in a browser, served to this computer",
    "benchmark": "size, cost, time and accuracy of all networks",
}

# What a plain `pip install` leaves out, and the extra that brings it.
EXTRAS = {
    "keras": "train",
    "tensorflow": "train",
    "matplotlib": "train",
    "tensorboardX": "train",
    "tf_keras": "export",
    "tensorflow_model_optimization": "export",
    "coremltools": "export",
    "array_record": "scale",
    "jax": "scale",
    "ray": "scale",
}


def main():
    """The console command `tf-portrait COMMAND ...`."""
    name = sys.argv[1] if len(sys.argv) > 1 else None
    if name not in COMMANDS:
        wrong = name is not None and name not in ("-h", "--help")
        lines = [f"  {command:12}  {what}" for command, what in COMMANDS.items()]
        usage = "\n".join(["usage: tf-portrait COMMAND ... (each has --help)", "", *lines])
        print(f"error: no command {name!r}\n{usage}" if wrong else usage, file=sys.stderr if wrong else sys.stdout)
        return 2 if wrong else 0
    return run(name, sys.argv[2:])


def run(command, arguments=None, prog=None):
    """Runs a command and returns its exit code; a PortraitError is printed and becomes 2, Ctrl-C becomes 130."""
    module = importlib.import_module(f"tf_portrait.cli.{command}")
    prog = prog or f"tf-portrait {command}"
    args = module.parser(prog).parse_args(arguments, argparse.Namespace(prog=prog))
    try:
        return module.main(args)
    except PortraitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        print(f"error: {command} needs {package}; pip install 'tf_portrait[{EXTRAS[package]}]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; go on with --resume if this was a training", file=sys.stderr)
        return 130


def add_interface(parser):
    """--input-range and --output, for someone's model that does not say what it takes and gives."""
    parser.add_argument("--input-range", metavar="LOW,HIGH", help="of others' files: 0,1 or 0,255 (or =-1,1)")
    parser.add_argument(
        "--output",
        metavar="KIND",
        help="of others' files: person, background, logits (one map); classes:N, logits:N (the person is class N)",
    )


def add_engine(parser):
    """--engine, for what is done to many photos."""
    parser.add_argument(
        "--engine",
        choices=("loop", "ray"),
        default="loop",
        help="ray: by all cores, or a cluster's; the same command goes on after a kill (docs/scale.md)",
    )
