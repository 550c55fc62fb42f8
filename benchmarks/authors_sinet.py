"""SINet as its authors trained it, scored by our protocol and by what theirs may have been: what our figures are worth.

The paper prints 94.81 % on 270 photos of EG1800's test list.
    python benchmarks/authors_sinet.py sinet_released.npz --data test_eg1800 --onnx Dnc_SINet_bi_320_256.onnx
The .npz holds the tensors of SINet.pth (github clovaai/ext_portrait_segmentation), each as "weight/" and its name.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import keras
import numpy as np

import tf_portrait as tp
from tf_portrait import tables
from tf_portrait.data.fit import fit_photo, unfit
from tf_portrait.data.folder import list_pairs
from tf_portrait.evaluation.scores import evaluate
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.metrics import portrait_iou
from tf_portrait.models.official import load_official_weights

SIZE = 224
MEAN, DEVIATION = (107.304565, 115.69884, 132.35703), (63.97182, 65.1337, 68.29726)  # BGR, of their training photos


class Authors:
    """rgb (H, W, 3) -> probability (H, W), with the normalization that the weights were trained with."""

    def __init__(self, weights):
        network = tp.build("sinet", size=SIZE, preset="authors")
        with np.load(weights) as file:
            arrays = {name.removeprefix("weight/"): file[name] for name in file.files if name.startswith("weight/")}
        load_official_weights(network, arrays)
        self._answer = keras.Model(network.input, keras.ops.softmax(network.output["mask"])[..., 1])

    def square(self, photo):
        """(224, 224, 3) -> (224, 224)."""
        pixels = ((photo[..., ::-1] - MEAN) / DEVIATION / 255).astype(np.float32)
        return np.asarray(self._answer.predict_on_batch(pixels[None]))[0]

    def fitted(self, fit):
        return lambda rgb: unfit(self.square(fit_photo(rgb, SIZE, fit)), *rgb.shape[:2], fit)

    def bilinear(self, rgb):
        """Shrunk by four pixels at a time, as OpenCV's default does."""
        return unfit(self.square(cv2.resize(rgb, (SIZE, SIZE))), *rgb.shape[:2], "stretch")


def at_network_size(authors, data):
    """Mean IoU of photos and masks that were both brought to 224 pixels before they were compared."""
    scores = []
    for pair in list_pairs(data).pairs:
        photo, mask = cv2.imread(str(pair.image))[..., ::-1], cv2.imread(str(pair.mask), cv2.IMREAD_GRAYSCALE)
        mask = cv2.resize(mask, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST) > 127
        scores.append(portrait_iou(authors.square(cv2.resize(photo, (SIZE, SIZE))) > 0.5, mask))
    return float(np.mean(scores))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", metavar="NPZ")
    parser.add_argument("--data", required=True, metavar="DIR")
    parser.add_argument("--onnx", metavar="FILE", help="another training of it, by Fast-Portrait-Segmentation")
    args = parser.parse_args()
    authors = Authors(args.weights)
    protocols = {
        "ours: stretched, area-averaged, at the photo's size": authors.fitted("stretch"),
        "stretched, bilinear, at the photo's size": authors.bilinear,
        "letter-boxed, at the photo's size": authors.fitted("letterbox"),
    }
    if args.onnx:
        protocols[f"{Path(args.onnx).name}, ours"] = Segmenter(args.onnx)
    rows = []
    for name, segment in protocols.items():
        mean = evaluate(segment, args.data, metrics=("iou", "boundary_f1"), progress=False)["mean"]
        rows.append([name, f"{mean['iou']:.4f}", f"{mean['boundary_f1']:.4f}"])
    rows.append(["stretched, bilinear, both at 224", f"{at_network_size(authors, args.data):.4f}", "-"])
    print(tables.markdown(rows, ["protocol", "IoU per photo", "boundary F1"]))


if __name__ == "__main__":
    main()
