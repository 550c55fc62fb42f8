"""A contact sheet of one video: frames, true masks, and how far each method is from them."""

import numpy as np

from tf_portrait.evaluation.video.compare import SHOWN
from tf_portrait.evaluation.video.methods import methods_of
from tf_portrait.inference.pictures import as_picture, contact_sheet

MISSED, FALSE_PERSON = (220, 60, 40), (50, 110, 230)


def video_sheet(segmenters, sequence, columns=8):
    """Rows of pictures (H, W, 3) uint8 RGB: frames, truth, then a row for each segmenter and method of SHOWN.

    In these, white is person, red what is missed and blue what is none. columns: frames shown, one after another, from
    the middle of the video.
    """
    first = max(0, (len(sequence.frames) - columns) // 2)
    picks = range(first, min(first + columns, len(sequence.frames)))
    rows = [[sequence.frames[pick] for pick in picks], [as_picture(sequence.masks[pick]) for pick in picks]]
    captions = [f"{sequence.name}: frames {picks[0]} to {picks[-1]}", "truth"]
    for name, segmenter in segmenters.items():
        for method, masks in methods_of(segmenter, sequence.frames).items():
            if method in SHOWN:
                alphas = [segmenter.to_photo_size(masks[pick], sequence.frames[0].shape) for pick in picks]
                rows.append([_errors(a, sequence.masks[p]) for a, p in zip(alphas, picks, strict=True)])
                captions.append(f"{name}, {method}")
    return contact_sheet(rows, captions, groups=1)


def _errors(alpha, mask):
    """The alpha as a picture, colored where it is wrong by half or more."""
    picture = as_picture(alpha)
    picture[(mask > 127) & (alpha <= 0.5)] = MISSED
    picture[(mask <= 127) & (alpha > 0.5)] = FALSE_PERSON
    return np.ascontiguousarray(picture)
