"""Says what a .tflite file, anyone's, will do on a phone: operations, delegates, input and output, speed.

python pipelines/preflight.py exports/short/portraitnet_int8.tflite
"""

import argparse
import json
import sys

from _pipeline import run_pipeline


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE", help=".tflite files")
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")
    return parser.parse_args()


def main(args):
    from tf_portrait.export.preflight import format_facts, preflight

    facts = {path: preflight(path) for path in args.files}
    print(json.dumps(facts, indent=1) if args.json else "\n".join(format_facts(*item) for item in facts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(run_pipeline(parse, main))
