"""What Python makes of a photo, for PortraitKit's PictureTests: reference.py FOLDER

Writes photo.rgb, alpha.f32 (at the photo's size), blurred.rgb and size.json, as pipelines/predict.py does.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tf_portrait.data.files import read_rgb
from tf_portrait.data.sample import SAMPLE
from tf_portrait.inference.compose import blur
from tf_portrait.inference.segmenter import Segmenter

RADIUS = 15


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    photo = np.ascontiguousarray(read_rgb(SAMPLE)[:, 40:440])  # not square, so that rows and columns matter
    alpha = Segmenter()(photo)
    (folder / "photo.rgb").write_bytes(photo.tobytes())
    (folder / "alpha.f32").write_bytes(alpha.astype("<f4").tobytes())
    (folder / "blurred.rgb").write_bytes(blur(photo, alpha, RADIUS).tobytes())
    size = {"width": photo.shape[1], "height": photo.shape[0], "radius": RADIUS}
    (folder / "size.json").write_text(json.dumps(size))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
