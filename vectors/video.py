"""Writes the golden vectors of a video, for a network that takes the previous mask: python -m vectors.video [FOLDER]

In a folder and an index of their own, beside those of vectors.make: they have a state and an export of their own.
"""

import json
import sys
from pathlib import Path

import numpy as np

from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.smoothing import TemporalSmoother
from vectors.make import Vectors

HERE = Path(__file__).resolve().parent / "video"
FRAMES = 7
SECONDS = (0.0, 0.04, 0.08, 5.0, 5.04, 5.08, 1.0)  # a gap before the fourth, a step back to the last
SCENE = 5  # the frame from which on another scene is shown


def masks_of(segmenter, frames, seconds):
    """(T, S, S): each frame's mask, before any smoothing."""
    stream = segmenter.video(TemporalSmoother(0, 0))
    return np.stack([stream.probability(*frame) for frame in zip(frames, seconds, strict=True)])


def main(folder):
    from vectors.tiny_export import write_export  # Keras and TensorFlow only here

    vectors = Vectors(folder)
    scenes = [vectors.picture(40, 56), 255 - vectors.picture(40, 56) // 4]
    grain = vectors.rng.integers(-3, 4, (FRAMES, 40, 56, 3))
    frames = np.stack([scenes[index >= SCENE] for index in range(FRAMES)]) + grain
    frames = frames.clip(0, 255).astype(np.uint8)
    file = vectors.save("frames", frames)
    for name in write_export(vectors.folder / "model", prior=True):
        parameters = {"model": f"model/{name}", "seconds": SECONDS}
        masks = masks_of(Segmenter(vectors.folder / "model" / name), frames, SECONDS)
        tolerance = {"max": 2 / 256, "share": 0.02} if "int8" in name else {"max": 1e-4, "share": 1}
        vectors.add(f"video_{Path(name).stem}", "video", {"frames": file}, parameters, masks, tolerance)
    lines = ",\n".join(json.dumps(case) for case in vectors.cases)
    (vectors.folder / "video.json").write_text(f'{{"version": 1, "cases": [\n{lines}\n]}}\n')
    print(f"{len(vectors.cases)} cases in {vectors.folder}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE)
