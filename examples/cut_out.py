"""A photo in, pictures out: python examples/cut_out.py [PHOTO]."""

import sys
from pathlib import Path

import cv2

import tf_portrait as tp
from tf_portrait.data.sample import SAMPLE


def main(path=SAMPLE, out="."):
    rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    segmenter = tp.Segmenter()
    alpha = segmenter(rgb)
    print(f"{alpha.mean():.1%} of the photo is a person")
    beach = cv2.GaussianBlur(rgb[::-1], (0, 0), 20)
    for name, picture in {
        "cutout": segmenter.cutout(rgb),
        "blurred": segmenter.blur(rgb, radius=15),
        "replaced": segmenter.replace(rgb, beach),
    }.items():
        code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
        cv2.imwrite(str(Path(out) / f"{name}.png"), cv2.cvtColor(picture, code))
        print(Path(out) / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
