"""Serves the page in web_demo/, which shows live blur in a browser, to this computer alone. Ctrl-C ends it.

{prog}                 # the shipped models; then open the address that it prints
python pipelines/quantize_export.py runs/photos --web web_demo    # and yours
Once before: npm install --prefix web_demo --omit=dev
"""

import argparse
from argparse import RawDescriptionHelpFormatter as RAW
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.serve import LOOPBACK, server_of

PAGE = Path(__file__).resolve().parents[2] / "web_demo"


def parser(prog):
    parser = argparse.ArgumentParser(prog, description=__doc__.format(prog=prog), formatter_class=RAW)
    parser.add_argument("page", nargs="?", default=PAGE, help="the page's folder (default: web_demo of this clone)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="0 takes a free one (default: 8000)")
    parser.add_argument(
        "--host",
        default=LOOPBACK,
        metavar="NAME",
        help="0.0.0.0 serves everyone in the network; their browsers give the camera only to https",
    )
    return parser


def main(args):
    from tf_portrait.exporting.web import check_page, copy_shipped, has_models, missing_runtime

    check_page(args.page)
    missing = missing_runtime(args.page)
    if missing:
        raise PortraitError(missing)
    if not has_models(args.page):
        print("making the shipped models ready ...", flush=True)
        copy_shipped(args.page)
    with server_of(args.page, args.host, args.port) as server:
        host, port = server.server_address[:2]
        shown = "localhost" if host == LOOPBACK else host
        print(f"http://{shown}:{port}/ serves {args.page}; Ctrl-C ends it", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
