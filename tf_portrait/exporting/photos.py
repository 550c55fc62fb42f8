"""The photos that an export calibrates, fine-tunes and is judged on."""

import dataclasses
import json
from pathlib import Path

import numpy as np

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.files import read_rgb
from tf_portrait.data.fit import fit_photo
from tf_portrait.data.masks import mask_values
from tf_portrait.data.picks import spread
from tf_portrait.data.previous_mask import with_priors
from tf_portrait.data.sample import SAMPLE
from tf_portrait.data.store import Cached, PhotoStore
from tf_portrait.errors import PortraitError
from tf_portrait.models.archive import model_path
from tf_portrait.training import sources
from tf_portrait.training.recipe import from_json
from tf_portrait.training.run import SETTINGS

CALIBRATION = 64
DRAWN = 300  # drawn portraits where there are no photos: training, calibration
DRAWN_VALIDATION = 100


@dataclasses.dataclass(frozen=True)
class Photos:
    """What choose_photos found.

    training, validation: sources of (photo, mask). weights: of training, or None.
    real, judged_real: whether training and validation are photographed, not drawn.
    told, judged: where training and validation are from, in words.
    """

    training: object
    validation: object
    weights: list | None
    real: bool
    told: str
    judged: str
    judged_real: bool = True

    def calibration(self, size, fit, prior=False, count=CALIBRATION):
        """`count` training photos, evenly picked, as float32 (1, size, size, 3), 0..255; with a prior, 4 channels."""
        pairs = [self.training[int(pick)] for pick in spread(len(self.training), count)]
        if not self.real:
            sample = read_rgb(SAMPLE)
            pairs.append((sample, np.zeros(sample.shape[:2], np.uint8)))
        photos = np.stack([fit_photo(photo, size, fit) for photo, _ in pairs])
        if prior:
            photos = with_priors(photos, [mask for _, mask in pairs], fit)
        return [photo[None].astype("float32") for photo in photos]


def choose_photos(data, val, model):
    """The Photos of an export.

    data: folders or list files with masks; () takes those that the model's run was trained on, if they are still
    there, else drawn portraits. val: the photos to be judged on; None keeps a tenth of the others back.
    """
    run = _settings_of_run(model) if not data else None
    values = mask_values(run.get("mask_values", ()), run.get("ignore", ())) if run else None
    told = "--data"
    if run:
        data, val, told = run["data"], val or run["val"], "the photos that the model was trained on"
        recipe = run["recipe"]
    else:
        from tf_portrait.training.recipes.qat import QAT as recipe
    if not data:
        if val:
            validation = PhotoStore(sources.listings_of([val])[0].pairs)
        else:
            validation = SyntheticPortraits(DRAWN_VALIDATION, seed=0)
        told = "drawn portraits and a sample photo, for want of --data"
        judged = Path(val).name if val else "drawn portraits"
        return Photos(Cached(SyntheticPortraits(DRAWN, seed=1)), validation, None, False, told, judged, bool(val))
    listing = sources.listings_of([val], values)[0] if val else None
    pairs, held_out, weights = sources.training_pairs(
        sources.listings_of(data, values), recipe, held_out=listing is None
    )
    validation = PhotoStore(listing.pairs if listing else held_out)
    judged = Path(val).name if val else "a tenth that was held back"
    return Photos(sources.photo_source(pairs), validation, weights, True, told, judged)


def _settings_of_run(model):
    """The settings of the run that a model lies in, its recipe made, if all its photos are still there."""
    path = model_path(model).parent / SETTINGS
    try:
        settings = json.loads(path.read_text())
        folders = [*settings["data"], *([settings["val"]] if settings["val"] else [])]
        there = folders and all(Path(folder).exists() for folder in folders)
        settings["recipe"] = from_json(settings["recipe"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, PortraitError) as error:
        raise PortraitError(f"{path}: cannot be read ({error}); give --data DIR") from error
    return settings if settings["data"] and there else None
