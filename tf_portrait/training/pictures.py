"""Pictures of a training: its curves, and what the network sees in the validation photos."""

import numpy as np

from tf_portrait import plots
from tf_portrait.data.fit import fit_photo
from tf_portrait.inference.pictures import as_picture, contact_sheet
from tf_portrait.inference.probability import predict_heads


def draw_curves(history, path):
    """Loss terms and validation IoU over the epochs as a PNG. history: list of rows with "epoch"."""
    from matplotlib.figure import Figure

    skip = {"epoch", "size", "learning_rate", "seconds", "steps_per_second", "input_wait", "val_iou"}
    epochs = [row["epoch"] + 1 for row in history]
    figure = Figure((10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name in (name for name in history[-1] if name not in skip):
        left.plot(epochs, [row.get(name, np.nan) for row in history], label=name, marker=".")
    left.set(xlabel="epoch", ylabel="loss", yscale="log")
    left.legend()
    right.plot(epochs, [row["val_iou"] for row in history], color="black", marker=".")
    best = max(row["val_iou"] for row in history)
    right.axhline(best, color="gray", linewidth=0.8, linestyle="--")
    right.set(xlabel="epoch", ylabel="validation IoU", title=f"best {best:.4f}")
    plots.save(path, figure)


def validation_sheet(network, validation, picks, captions=None):
    """Photo, mask, prediction and boundary of some validation photos. Returns (H, W, 3) uint8 RGB.

    picks: indices of the photos. captions: a text for each.
    """
    rows = []
    for pick in picks:
        photo, mask = validation.photos[pick], validation.masks[pick].astype(np.uint8) * 255
        mask = fit_photo(as_picture(mask), photo.shape[0], validation.fit)
        rows.append([photo[..., :3], mask, *(as_picture(head[0]) for head in predict_heads(network, photo[None]))])
    return contact_sheet(rows, captions)
