"""What a change of PortraitNet's structure costs before it is trained: milliseconds of float32 and int8 files, one run.

Random weights; files take turns on one thread and the least time of each counts; ratios are to PEER.tflite.
    python benchmarks/structure.py selfie_segmentation.tflite
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from inference import milliseconds

import tf_portrait as tp
from tf_portrait.exporting.graph.counting import count, totals
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.inference.tflite import read_bytes
from tf_portrait.tables import markdown

VARIANTS = [
    ("portraitnet", {"size": size, "head_stride": stride, "width": width})
    for size in (224, 192, 160, 128)
    for stride, width in ((1, 1.0), (2, 1.0), (2, 0.5))
] + [("selfie", {"size": size}) for size in (256, 224, 192, 160)]


def files_of(network, options):
    """(parameters, MACs, float32 file, int8 file) of a network with random weights."""
    size = options["size"]
    deployed = deploy(tp.build(network, **options))
    noise = np.random.default_rng(0).uniform(0, 255, (8, 1, size, size, 3)).astype("float32")
    total = totals(count(deployed))
    return total["parameters"], total["macs"], convert_float(deployed), convert_ptq(deployed, noise)


def main(peer):
    made = [files_of(network, options) for network, options in VARIANTS]
    files = [(read_bytes(peer), peer), *((content, "variant") for _, _, *pair in made for content in pair)]
    least = milliseconds(files, rounds=8, repeats=8)
    ratios = [f"{each / least[0]:.2f}" for each in least[1:]]
    rows = [
        (network, *(options.get(key, "") for key in ("size", "head_stride", "width")), f"{parameters:,}", f"{macs:,}")
        for (network, options), (parameters, macs, *_) in zip(VARIANTS, made, strict=True)
    ]
    columns = ["network", "px", "head stride", "width", "parameters", "MACs", "float32", "int8"]
    print(f"ratios to {Path(peer).name}, {least[0]:.2f} ms, 1 thread")
    print(markdown([(*row, *ratios[2 * n : 2 * n + 2]) for n, row in enumerate(rows)], columns))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
