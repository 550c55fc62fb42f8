"""The contact sheet of the photos that a model gets most wrong."""

import numpy as np

from tf_portrait.data.fit import fit_photo
from tf_portrait.data.store import read_pair
from tf_portrait.training.pictures import contact_sheet, predict_heads


def worst_sheet(segmenter, pairs, result, count=16):
    """Photo, mask, prediction and boundary of the `count` lowest IoUs. Returns (H, W, 3) uint8 RGB.

    result: of evaluate(segmenter, pairs).
    """
    order = np.argsort([photo["iou"] for photo in result["photos"]])[:count]
    rows, captions = [], []
    for index in order:
        rgb, mask = (fit_photo(part, segmenter.size, segmenter.fit) for part in _colored(read_pair(pairs[index])))
        heads = predict_heads(segmenter.network, rgb[None])
        rows.append([rgb, mask, *(np.repeat((head[0, ..., None] * 255).astype(np.uint8), 3, axis=2) for head in heads)])
        captions.append(f"{pairs[index].image.name}  IoU {result['photos'][index]['iou']:.3f}")
    return contact_sheet(rows, captions)


def _colored(pair):
    rgb, mask = pair
    return rgb, np.repeat(mask[..., None], 3, axis=2)
