"""What the augmentation does to a photo, as one frozen set of numbers (PortraitNet section 4.2)."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Ranges of the two families of operations; each operation is applied with `probability`.

    Deformation makes view A: flip, rotation in degrees, resize factor, translation as part of the size, and (ours)
    aspect: width over height changes by up to this factor. Texture makes A' from A: noise sigma (drawn from 0 to it),
    blur kernels, and factors of color, brightness, contrast and sharpness.
    background: probability that the background is replaced (needs backgrounds); 0 is the paper.
    nobody: probability that a sample is a frame without a person (data/nobody.py), its mask empty; 0 is the paper.
    degrade: probability of each fault of data/degrade.py (exposure, cast, soft focus, JPEG) in A'; 0 is the paper.
    turned: probability of a rotation by anything up to 100 degrees in place of `rotation`; 0 is the paper.
    prior_empty, prior_wrong, prior_motion: of a network with a prior: how often there is none or another photo's, and
    how far the true one moves at most, as part of the size (data/previous_mask.py).
    """

    probability: float = 0.5
    flip: bool = True
    rotation: float = 45.0
    resize: tuple = (0.5, 1.5)
    translation: float = 0.25
    aspect: float = 1.0
    noise: float = 10.0
    blur: tuple = (3, 5)
    color: tuple = (0.4, 1.7)
    brightness: tuple = (0.4, 1.7)
    contrast: tuple = (0.6, 1.5)
    sharpness: tuple = (0.8, 1.3)
    background: float = 0.0
    nobody: float = 0.0
    degrade: float = 0.0
    turned: float = 0.0
    prior_empty: float = 0.3
    prior_wrong: float = 0.1
    prior_motion: float = 0.12


PAPER = Augmentation()
FLIPS = Augmentation(  # and nothing else: what papers with less build on
    rotation=0.0,
    resize=(1.0, 1.0),
    translation=0.0,
    noise=0.0,
    blur=(1, 1),
    color=(1.0, 1.0),
    brightness=(1.0, 1.0),
    contrast=(1.0, 1.0),
    sharpness=(1.0, 1.0),
)
