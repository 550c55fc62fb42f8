"""Contact sheets: the photos that a model gets most wrong, and masks as they are read."""

import numpy as np

from tf_portrait.data.fit import fit_photo
from tf_portrait.data.store import read_pair
from tf_portrait.inference.pictures import as_picture, contact_sheet

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
        rgb, mask = (segmenter.fitted(part) for part in (photo, as_picture(mask)))
        answers = [as_picture(head) for head in segmenter.runtime.heads(rgb)]
        rows.append([rgb if photos else _error_map(answers[0], mask), mask, *answers])
        captions.append(f"{pairs[index].image.stem}  IoU {result['photos'][index]['iou']:.3f}")
    return contact_sheet(rows, captions)


def check_sheet(reports, size=160):
    """Photos beside their masks as they are read (person white, ignored blue), captioned with the rule.

    reports: of doctor.examine. Returns (H, W, 3) uint8 RGB, or None if no mask can be read.
    """
    rows, captions = [], []
    for report in reports:
        for pair, rule in report.examples:
            photo, mask = read_pair(pair)
            rows.append([fit_photo(part, size, "letterbox") for part in (photo, as_picture(mask))])
            captions.append(f"{rule}: {pair.image.name}"[:44])
    return contact_sheet(rows, captions, groups=min(4, len(rows))) if rows else None


def _error_map(person, mask):
    picture = np.where(mask > 127, np.uint8(235), np.uint8(40))
    picture[(mask[..., 0] > 127) & (person[..., 0] <= 127)] = MISSED
    picture[(mask[..., 0] <= 127) & (person[..., 0] > 127)] = FALSE_ALARM
    return picture
