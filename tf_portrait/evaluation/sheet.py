"""The contact sheet of the photos that a model gets most wrong."""

import numpy as np

from tf_portrait.data.fit import fit_photo
from tf_portrait.data.store import read_pair
from tf_portrait.inference.pictures import as_picture, contact_sheet, predict_heads

MISSED, FALSE_ALARM = (220, 60, 40), (50, 110, 230)


def worst_sheet(segmenter, pairs, result, count=16, photos=True):
    """Photo, mask, prediction and boundary of the `count` lowest IoUs. Returns (H, W, 3) uint8 RGB.

    result: of evaluate(segmenter, pairs). photos: False shows an error map in place of each photo (missed red, false
    alarms blue), for sheets that are published where the photos must not be.
    """
    order = np.argsort([photo["iou"] for photo in result["photos"]])[:count]
    rows, captions = [], []
    for index in order:
        photo, mask = read_pair(pairs[index])
        rgb, mask = (fit_photo(part, segmenter.size, segmenter.fit) for part in (photo, as_picture(mask)))
        if segmenter.network is None:  # an exported file has no boundary head
            answers = [as_picture(segmenter.probability(photo))]
        else:
            answers = [as_picture(head[0]) for head in predict_heads(segmenter.network, rgb[None])]
        rows.append([rgb if photos else _error_map(answers[0], mask), mask, *answers])
        captions.append(f"{pairs[index].image.stem}  IoU {result['photos'][index]['iou']:.3f}")
    return contact_sheet(rows, captions)


def _error_map(person, mask):
    picture = np.where(mask > 127, np.uint8(235), np.uint8(40))
    picture[(mask[..., 0] > 127) & (person[..., 0] <= 127)] = MISSED
    picture[(mask[..., 0] <= 127) & (person[..., 0] > 127)] = FALSE_ALARM
    return picture
