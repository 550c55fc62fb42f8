"""What the previous mask does to the answer for a photo: none, a near one, the true one, another photo's, a full one.

python benchmarks/prior.py runs/photos_video --data val/ --beside portraitnet_fast
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from tf_portrait import tables
from tf_portrait.data.fit import fit_mask
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.previous_mask import prior_by_turns
from tf_portrait.evaluation.scores import readable
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.metrics import main_score


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="one with a prior")
    parser.add_argument("--data", required=True, help="photos with masks")
    parser.add_argument("--beside", help="a model without a prior, on the same photos")
    return parser.parse_args()


def rows(segmenter, beside, pairs):
    """{kind of previous mask: [(IoU, boundary F1) of each photo]}."""
    found, another = {}, None
    for index, (_, photo, mask) in enumerate(readable(pairs, [], "photos")):
        person = np.ascontiguousarray(mask if mask.ndim == 2 else mask[..., 0])
        true = fit_mask(person, segmenter.size, segmenter.fit)
        another = true[:, ::-1].copy() if another is None else another
        near = prior_by_turns(3 * index + 1, true, another)
        priors = {
            "none": 0 * true,
            "near": near,
            "true": true,
            "another photo's": another,
            "all person": 0 * true + 255,
        }
        for kind, prior in priors.items():
            answer = segmenter.run(segmenter.fitted(photo), prior / np.float32(255))
            _add(found, kind, segmenter.to_photo_size(answer, photo.shape), mask)
        if beside:
            _add(found, "without a prior", beside(photo), mask)
        another = true
    return found


def _add(found, kind, alpha, mask):
    found.setdefault(kind, []).append(list(main_score(alpha, mask).values()))


def main(args):
    segmenter = Segmenter(args.model)
    found = rows(segmenter, Segmenter(args.beside) if args.beside else None, list_pairs(args.data).pairs)
    means = [[kind, *(f"{value:.4f}" for value in np.mean(scores, axis=0))] for kind, scores in found.items()]
    print(tables.markdown(means, ["previous mask", "IoU", "boundary F1"]))


if __name__ == "__main__":
    main(parse())
