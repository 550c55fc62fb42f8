"""What segmenters see where nobody is: the share of false person in frames without people."""

import numpy as np
from tqdm import tqdm

from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_photos
from tf_portrait.data.nobody import FRAMES
from tf_portrait.evaluation.scores import threshold_of

DRAWN, SIZE = 4, 256  # of each kind of frame
MUCH = 0.05  # part of a frame that may be false person without a user noticing


def nobody(segmenters, folder=None, progress=True):
    """Shares of false person, by segmenter and kind of frame.

    segmenters: {name: function of rgb (H, W, 3) to alpha (H, W)}. folder: photos without people, or None; black,
    white, gray, noise, screen and color bars are drawn.
    Returns {name: {kind: [share of each frame, 0..1]}}, photos under "photos".
    Raises PortraitError if a photo cannot be read.
    """
    photos = list_photos(folder) if folder else []
    frames = [
        (kind, draw(np.random.default_rng(number), SIZE)) for kind, draw in FRAMES.items() for number in range(DRAWN)
    ]
    shares = {name: {} for name in segmenters}
    for kind, source in tqdm([*frames, *(("photos", path) for path in photos)], "nobody", disable=not progress):
        rgb = source if kind != "photos" else read_rgb(source)
        for name, segment in segmenters.items():
            share = float(np.mean(np.asarray(segment(rgb)) > threshold_of(segment)))
            shares[name].setdefault(kind, []).append(share)
    return shares


def format_nobody(result):
    """Markdown: mean share of false person by kind of frame, and how many frames have more than MUCH of it."""
    lines = [f"| false person where nobody is | {' | '.join(result)} |", f"|---|{'---|' * len(result)}"]
    for kind in next(iter(result.values())):
        lines.append(f"| {kind} | {' | '.join(_cell(of[kind]) for of in result.values())} |")
    lines.append(f"| nobody (all of them) | {' | '.join(nobody_cell(of) for of in result.values())} |")
    return "\n".join(lines)


def nobody_cell(shares):
    """The row of one segmenter in a table, as text."""
    return _cell(np.concatenate([np.asarray(kind) for kind in shares.values()]))


def _cell(shares):
    shares = np.asarray(shares)
    return f"{shares.mean():.1%}, {int(np.sum(shares > MUCH))} of {len(shares)} above {MUCH:.0%}"
