"""Who a model is good for: its scores on parts of a set, by what can be seen in each photo.

Nobody has said who is in these photos, so nothing here is about persons: skin is its color in this picture, by light
and camera too. Skin by the individual typology angle, ITA = atan((L - 50) / b), and its classes (Chardon et al., "Skin
colour typology and suntanning pathways", 1991), two and two together.
"""

import cv2
import numpy as np

from tf_portrait import tables
from tf_portrait.evaluation.scores import readable, threshold_of
from tf_portrait.metrics import main_score, split_mask

# Of each quality: the limits between its classes, and their names from low to high.
SKIN = (10.0, 41.0), ("dark skin, ITA below 10", "medium skin, ITA 10 to 41", "light skin, ITA above 41")
PART = (0.25, 0.5), ("person below 25% of the picture", "person 25 to 50%", "person above 50%")
LIGHT = (80.0, 160.0), ("person darker than 80 of 255", "person 80 to 160", "person brighter than 160")
FACES = (1, 2), ("no face found", "one face", "several faces")
ALL = "all"
ORDER = (ALL, *FACES[1], *SKIN[1], *PART[1], *LIGHT[1])


def slices_of(rgb, mask, find):
    """Names of the slices that a photo is in, of ORDER.

    rgb: (H, W, 3) uint8. mask: (H, W[, 2]) uint8, as read. find: of data.faces.face_finder; None knows
    of no faces, and of no skin then.
    """
    person, counted = split_mask(mask)
    person = person & counted if counted is not None else person
    names = [ALL, _class(person.mean(), PART)]
    if person.any():
        names.append(_class(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[person].mean(), LIGHT))
    if find is None:
        return names
    faces = find(rgb)
    names.append(_class(len(faces), FACES))
    if len(faces) and (angle := skin_angle(rgb, faces[0])) is not None:
        names.append(_class(angle, SKIN))
    return names


def skin_angle(rgb, face):
    """ITA in degrees of the middle of a face (left, top, width, height), None where it lies outside the picture."""
    left, top, width, height = face
    rows = slice(max(0, round(top + height / 3)), max(0, round(top + 2 * height / 3)))
    columns = slice(max(0, round(left + width / 4)), max(0, round(left + 3 * width / 4)))
    middle = rgb[rows, columns]
    if not middle.size:
        return None
    lab = cv2.cvtColor(middle.astype(np.float32) / 255, cv2.COLOR_RGB2Lab).reshape(-1, 3)
    lightness, _, blue_to_yellow = np.median(lab, axis=0)
    return float(np.degrees(np.arctan2(lightness - 50, blue_to_yellow)))


def compare_slices(segmenters, pairs, find, progress=True, unreadable=None):
    """{slice: {"photos": how many, "scores": {name: {"iou", "boundary_f1"}}}} of the slices that hold a photo.

    segmenters: {name: rgb (H, W, 3) -> alpha (H, W)}. pairs: of photo and mask. unreadable: a list that
    gets the reasons of those that cannot be read.
    """
    found, unreadable = {}, [] if unreadable is None else unreadable
    for _, photo, mask in readable(pairs, unreadable, "slicing", progress):
        scores = {name: main_score(segment(photo), mask, threshold_of(segment)) for name, segment in segmenters.items()}
        for title in slices_of(photo, mask, find):
            found.setdefault(title, []).append(scores)
    return {
        title: {
            "photos": len(found[title]),
            "scores": {
                name: {key: float(np.mean([of[name][key] for of in found[title]])) for key in ("iou", "boundary_f1")}
                for name in segmenters
            },
        }
        for title in ORDER
        if title in found
    }


def format_slices(result):
    """The result as a Markdown table."""
    names = list(result[ALL]["scores"])
    rows = [
        (title, of["photos"], *(f"{of['scores'][n]['iou']:.4f}, {of['scores'][n]['boundary_f1']:.4f}" for n in names))
        for title, of in result.items()
    ]
    return tables.markdown(rows, ["IoU, boundary F1", "photos", *names])


def _class(value, of):
    limits, names = of
    return names[sum(value >= limit for limit in limits)]
