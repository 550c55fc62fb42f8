"""Says what a .tflite file, anyone's, will do on a phone: operations, delegates, input and output, speed.

{prog} exports/photos/portraitnet_int8.tflite
"""

import argparse
import json
from argparse import RawDescriptionHelpFormatter as RAW


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("files", nargs="+", metavar="FILE", help=".tflite files")
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")
    return parser


def main(args):
    from tf_portrait.exporting.tflite.preflight import format_facts, preflight

    facts = {path: preflight(path) for path in args.files}
    print(json.dumps(facts, indent=1) if args.json else "\n".join(format_facts(*item) for item in facts.items()))
    return 0
