"""Puts a trained model into the package: weights rounded to float16 (which halves the file), card and hash anew.

python tools/ship_weights.py runs/long portraitnet
"""

import argparse
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.files import write_atomically
from tf_portrait.models.archive import WEIGHTS, load_model, save_model


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help=".keras file or run folder")
    parser.add_argument("name", help="what Segmenter and the pipelines call it")
    return parser.parse_args()


def main(args):
    network, card = load_model(args.model)
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    path = WEIGHTS / f"{args.name}.keras"
    save_model(path, network, card)

    def deflate(temporary):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name), compresslevel=9)

    write_atomically(path, deflate)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, IoU {card['validation_iou']:.4f} in training")


if __name__ == "__main__":
    main(parse())
