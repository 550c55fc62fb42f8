"""Makes data sets for training.

{prog} crop street --out street_crops --faces yunet_n_640_640.onnx
{prog} shard photos --out photos_shards
Each kind has its own --help.
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW

from tf_portrait.cli import prepare_crop, prepare_shard

SUBCOMMANDS = {"crop": prepare_crop, "shard": prepare_shard}  # each: add_arguments(parser), run(args) -> exit code


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for name, module in SUBCOMMANDS.items():
        text = module.__doc__.format(prog=f"{prog} {name}")
        kind = kinds.add_parser(name, help=text.splitlines()[0], description=text, formatter_class=RAW)
        module.add_arguments(kind)
    return parser


def main(args):
    return SUBCOMMANDS[args.kind].run(args)
