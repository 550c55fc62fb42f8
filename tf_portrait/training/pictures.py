"""Curves and contact sheets."""

from pathlib import Path

import cv2
import numpy as np
from keras import ops

from tf_portrait.data.fit import fit_photo
from tf_portrait.models.files import write_atomically
from tf_portrait.models.normalize import normalize

_STRIP = 22  # pixels of the caption under a photo


def draw_curves(history, path):
    """Loss terms and validation IoU over the epochs as a PNG. history: list of rows with "epoch"."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    skip = {"epoch", "size", "learning_rate", "seconds", "val_iou"}
    epochs = [row["epoch"] + 1 for row in history]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), constrained_layout=True)
    for name in (name for name in history[-1] if name not in skip):
        left.plot(epochs, [row.get(name, np.nan) for row in history], label=name, marker=".")
    left.set(xlabel="epoch", ylabel="loss", yscale="log")
    left.legend()
    right.plot(epochs, [row["val_iou"] for row in history], color="black", marker=".")
    best = max(row["val_iou"] for row in history)
    right.axhline(best, color="gray", linewidth=0.8, linestyle="--")
    right.set(xlabel="epoch", ylabel="validation IoU", title=f"best {best:.4f}")
    write_atomically(path, lambda temporary: figure.savefig(temporary, dpi=100))
    pyplot.close(figure)


def validation_sheet(network, validation, picks, captions=None):
    """Photo, mask, prediction and boundary of some validation photos. Returns (H, W, 3) uint8 RGB.

    picks: indices of the photos. captions: a text for each.
    """
    rows = []
    for pick in picks:
        photo, mask = validation.photos[pick], validation.masks[pick].astype(np.uint8) * 255
        person, boundary = predict_heads(network, photo[None])
        mask = fit_photo(_rgb(mask), photo.shape[0], validation.fit)
        rows.append([photo, mask, _gray(person[0]), _gray(boundary[0])])
    return contact_sheet(rows, captions)


def predict_heads(network, photos):
    """Probabilities (B, S, S) of person and of boundary for fitted photos (B, S, S, 3) uint8."""
    outputs = network(normalize(photos), training=False)
    return [ops.convert_to_numpy(ops.softmax(outputs[head]))[..., 1] for head in ("mask", "boundary")]


def contact_sheet(rows, captions=None, groups=2):
    """Pictures in rows, `groups` rows side by side, with an optional caption under each row's first picture.

    rows: lists of (H, W, 3) uint8, all of one size. Returns (H, W, 3) uint8 RGB.
    """
    strips = []
    for index, pictures in enumerate(rows):
        strip = np.hstack([cv2.copyMakeBorder(p, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255,) * 3) for p in pictures])
        if captions:
            strip = cv2.copyMakeBorder(strip, 0, _STRIP, 0, 0, cv2.BORDER_CONSTANT, value=(255,) * 3)
            place = (4, strip.shape[0] - 7)
            cv2.putText(strip, captions[index], place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        strips.append(strip)
    while len(strips) % groups:
        strips.append(np.full_like(strips[0], 255))
    lines = [np.hstack(strips[i : i + groups]) for i in range(0, len(strips), groups)]
    return np.vstack(lines)


def write_png(path, rgb):
    """Writes (H, W, 3) uint8 RGB as a PNG, whole or not at all."""
    data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()
    write_atomically(path, lambda temporary: Path(temporary).write_bytes(data))


def _gray(probability):
    return _rgb((probability * 255).astype(np.uint8))


def _rgb(gray):
    return np.repeat(gray[..., None], 3, axis=2)
