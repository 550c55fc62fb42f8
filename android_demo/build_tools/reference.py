"""What Python makes of a photo with each exported file, for EngineTest: reference.py MODELS_FOLDER OUT_FOLDER

Writes photo.png, and for each NAME.tflite NAME_mask.npy (probability at the network's size) and NAME_blurred.png, as
pipelines/predict.py does.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tf_portrait.data.files import read_rgb
from tf_portrait.data.sample import SAMPLE
from tf_portrait.inference.pictures import write_png
from tf_portrait.inference.predict import make_effect, predict
from tf_portrait.inference.segmenter import Segmenter

RADIUS = 15


def main(models, out):
    photo = read_rgb(SAMPLE)[:, 40:440]  # not square, so that fitting matters
    write_png(out / "photo.png", photo)
    for file in sorted(models.glob("*/*.tflite")):
        segmenter, name = Segmenter(file), f"{file.parent.name}_{file.stem}"
        np.save(out / f"{name}_mask.npy", segmenter.probability(photo))
        list(predict(segmenter, out / "photo.png", make_effect(blur=RADIUS), out / f"{name}_blurred.png"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
