"""A training from what the user names to a folder with a model in it."""

import dataclasses

import numpy as np

from tf_portrait.data.doctor import examine, format_reports
from tf_portrait.data.masks import mask_values
from tf_portrait.data.picks import spread
from tf_portrait.errors import PortraitError
from tf_portrait.inference.pictures import write_png
from tf_portrait.inference.probability import probability_model
from tf_portrait.models.archive import BEST, load_model
from tf_portrait.training import pictures, sources
from tf_portrait.training.blend import choose_blend
from tf_portrait.training.loop import fit
from tf_portrait.training.recipe import from_json, override, to_json
from tf_portrait.training.recipes import get_recipe
from tf_portrait.training.run import CURVES, SETTINGS, SHEET, SUMMARY, open_run
from tf_portrait.training.validation import Validation

CHECK_AT_START = 1000  # photos of each set that the doctor opens before a training
SHEET_PHOTOS = 16


@dataclasses.dataclass(frozen=True)
class Request:
    """What the user asks for; see pipelines/train.py --help. None or () leaves a choice to the defaults.

    mask_values, ignore: words that say what the values in the mask files mean, see data.masks.mask_values.
    """

    recipe: str | None = None
    data: tuple = ()
    val: str | None = None
    backgrounds: str | None = None
    init: str | None = None
    out: str | None = None
    resume: bool = False
    set: tuple = ()
    mask_values: tuple = ()
    ignore: tuple = ()

    @property
    def values(self):
        """MaskValues of the masks of data and val, None where nothing is said."""
        return mask_values(self.mask_values, self.ignore)


def train(request, progress=True):
    """Trains, and leaves model, curves and contact sheet in the run's folder.

    Returns a summary: {"run", "before", "after", "epoch", "model", "curves", "sheet"}.
    Raises PortraitError for anything the user can mend.
    """
    run = open_run(request.out, request.recipe or "", True) if request.resume else None
    recipe, request = _resumed(request, run) if run else _fresh(request)
    listings = sources.listings_of(request.data, request.values)
    val_listing = sources.listings_of([request.val], request.values)[0] if request.val else None
    if run is None:  # only now: a wrong request should leave no folder behind
        run = open_run(request.out, recipe.name, False)
        asked = {"data": list(map(str, request.data)), "val": request.val, "backgrounds": request.backgrounds}
        asked |= {"mask_values": list(request.mask_values), "ignore": list(request.ignore)}
        run.write_json(SETTINGS, {"recipe": to_json(recipe), **asked})
    if listings:
        training, weights, validation = _photos(listings, val_listing, recipe, progress)
    else:
        training, validation = sources.synthetic_sources(recipe)
        weights = None
    validation = Validation(validation, recipe.size, recipe.fit)
    backgrounds = sources.background_source(request.backgrounds)
    result = fit(recipe, training, validation, run, weights, backgrounds, request.resume, progress)
    if recipe.blend:
        found = choose_blend(recipe, run, validation)
        result["best"] = max([result["best"], *found.values()])
    _draw_sheet(run, validation)
    summary = {
        "run": str(run.folder),
        "before": result["before"],
        "after": result["best"],
        "epoch": result["epoch"],
        "model": str(run.path(BEST)),
        "curves": str(run.path(CURVES)),
        "sheet": str(run.path(SHEET)),
    }
    run.write_json(SUMMARY, summary)
    return summary


def check(request, progress=True):
    """The doctor's reports on all photos of request.data and request.val; None without data."""
    if not request.data:
        raise PortraitError("--check needs --data DIR")
    validation = sources.listings_of([request.val], request.values)[0] if request.val else None
    return examine(sources.listings_of(request.data, request.values), validation, progress=progress)


def _fresh(request):
    """Recipe and request of a new run."""
    recipe = override(get_recipe(request.recipe or "quickstart"), request.set)
    if request.init is not None:
        recipe = dataclasses.replace(recipe, init=request.init)
    return recipe, request


def _resumed(request, run):
    """Recipe and request of a run that goes on: its own, but for what the user says anew."""
    saved = run.read_json(SETTINGS)
    recipe = from_json(saved["recipe"])
    if request.recipe and request.recipe != recipe.name:
        raise PortraitError(
            f"{run.folder}: holds a run of recipe {recipe.name}, not {request.recipe}; leave --recipe out"
        )
    request = dataclasses.replace(
        request,
        data=request.data or tuple(saved["data"]),
        val=request.val or saved["val"],
        backgrounds=request.backgrounds or saved["backgrounds"],
        mask_values=request.mask_values or tuple(saved.get("mask_values", ())),
        ignore=request.ignore or tuple(saved.get("ignore", ())),
    )
    return override(recipe, request.set), request


def _photos(listings, val_listing, recipe, progress):
    """Training source, weights and validation source, after the doctor has looked at them."""
    reports = examine(listings, val_listing, CHECK_AT_START, progress)
    print(format_reports(reports), flush=True)
    for report in reports:
        if report.unusable == report.checked:
            raise PortraitError(f"{report.source}: none of its photos can be used; mend what is listed above")
    pairs, held_out, weights = sources.training_pairs(listings, recipe, held_out=val_listing is None)
    validation = val_listing.pairs if val_listing else held_out
    return sources.photo_source(pairs), weights, sources.PhotoStore(validation)


def _draw_sheet(run, validation):
    """The contact sheet of the best model: photos from worst to best score, evenly."""
    network, card = load_model(run.path(BEST))
    scores = np.array(validation.scores(probability_model(network, card["size"])))
    order = np.argsort(scores)
    picks = order[spread(len(order), SHEET_PHOTOS)]
    captions = [f"IoU {scores[pick]:.3f}" for pick in picks]
    write_png(run.path(SHEET), pictures.validation_sheet(network, validation, picks, captions))
