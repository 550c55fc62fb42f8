"""Puts a trained model into the package: NAME.keras, its weights rounded to float16, and NAME.tflite, its file for
predicting.

python tools/ship_weights.py runs/softened portraitnet --data selfies street --val selfies_val
python tools/ship_weights.py portraitnet portraitnet --data ...        # only the int8 file anew
python tools/ship_weights.py selfie selfie --format float16 --data ...  # whose int8 file loses too much

The int8 file is calibrated on photos of --data and not trained, unless --qat-epochs says so. The gates of every export
hold: a file that misses one is not shipped.
"""

import argparse
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.exporting.exporter import export
from tf_portrait.exporting.report import format_summary
from tf_portrait.files import write_atomically
from tf_portrait.models.archive import WEIGHTS, load_model, save_model
from tf_portrait.models.start import scale_logits


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help=".keras file, run folder or shipped name")
    parser.add_argument("name", help="what Segmenter and the pipelines call it")
    parser.add_argument("--data", nargs="+", default=[], help="photos with masks to calibrate on (default: the run's)")
    parser.add_argument("--val", help="photos with masks that the gates judge (default: the run's)")
    parser.add_argument("--qat-epochs", type=int, default=0, help="default: 0, calibration alone")
    parser.add_argument("--format", choices=("int8", "float16"), default="int8", help="of the .tflite (default: int8)")
    parser.add_argument("--logit-scale", type=float, default=1.0, help="sharper edges above 1; no label changes")
    return parser.parse_args()


def rounded(path, network, card):
    """Writes the .keras file, weights rounded to float16 and deflated: half the bytes."""
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    save_model(path, network, card)

    def deflate(temporary):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name), compresslevel=9)

    write_atomically(path, deflate)


def main(args):
    network, card = load_model(args.model)
    scale_logits(network, args.logit_scale)
    with tempfile.TemporaryDirectory() as folder:
        model, files = Path(folder) / f"{args.name}.keras", Path(folder) / "files"
        rounded(model, network, card)
        report = export(
            model, data=args.data, val=args.val, out=files, formats=(args.format,), qat_epochs=args.qat_epochs
        )
        print(format_summary(report))
        if not report["passed"]:
            return 1
        for made in (model, next(files.glob(f"*_{args.format}.tflite"))):
            path = WEIGHTS / f"{args.name}{made.suffix}"
            write_atomically(path, lambda temporary, made=made: shutil.copyfile(made, temporary))
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(parse()))
