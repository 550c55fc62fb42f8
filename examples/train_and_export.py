"""A folder of photos with masks, a trained model, a file for phones: python examples/train_and_export.py [FOLDER].

Without a folder it draws 40 portraits and trains for seconds, to show the way; a product takes photos and an hour.
"""

import sys
from pathlib import Path

from PIL import Image

import tf_portrait as tp
from tf_portrait.data.drawn.portraits import SyntheticPortraits


def draw(folder, count=40, size=96):
    """A data set in the usual layout: images/NAME.jpg, masks/NAME.png."""
    portraits = SyntheticPortraits(count, size, seed=0)
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for index in range(count):
        photo, mask = portraits[index]
        Image.fromarray(photo).save(folder / "images" / f"{index:03d}.jpg", quality=95)
        Image.fromarray(mask).save(folder / "masks" / f"{index:03d}.png")
    return folder


def main(folder=None, work="example"):
    work = Path(work)
    short = {} if folder else {"set": ["size=64", "options.width=0.25", "epochs=2", "steps=10", "batch=8"]}
    data = folder or draw(work / "photos")
    summary = tp.train(data, recipe="quickstart", out=work / "run", **short)
    print(f"IoU before {summary['before']:.3f}, after {summary['after']:.3f}")
    report = tp.export(summary["model"], data=data, formats=["float32"], out=work / "export")
    for name, facts in report["files"].items():
        print(f"{work / 'export' / name}: IoU {facts['iou']:.3f}, {facts['bytes'] / 1e6:.2f} MB")
    result = tp.evaluate(work / "export" / "portraitnet_float32.tflite", data)
    print(f"evaluated again: IoU {result['mean']['iou']:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
