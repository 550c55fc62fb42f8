"""A training from what the user names to a folder with a model in it."""

import contextlib
import dataclasses
import os
from collections.abc import Sequence

import numpy as np

from tf_portrait.data.doctor import examine, format_reports
from tf_portrait.data.masks import mask_values
from tf_portrait.data.picks import spread
from tf_portrait.errors import PortraitError
from tf_portrait.files import PathLike
from tf_portrait.inference.pictures import write_png
from tf_portrait.inference.probability import probability_model
from tf_portrait.models.archive import BEST, load_model
from tf_portrait.training import pictures, sources
from tf_portrait.training.blend import choose_blend
from tf_portrait.training.loop import fit
from tf_portrait.training.processes import join, others_alive
from tf_portrait.training.recipe import from_json, override, to_json
from tf_portrait.training.recipes import get_recipe
from tf_portrait.training.run import CURVES, SETTINGS, SHEET, SUMMARY, Run, open_run
from tf_portrait.training.validation import Validation

CHECK_AT_START = 1000  # photos of each set that the doctor opens before a training
SHEET_PHOTOS = 16
STRUCTURE = ("name", "network", "options", "size", "fit", "optimizer", "mixed_precision")  # fixed once a run began


@dataclasses.dataclass(frozen=True)
class Request:
    """The arguments of train(), which says what they mean."""

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


def train(
    data: PathLike | Sequence[PathLike] = (),
    *,
    recipe: str | None = None,
    val: PathLike | None = None,
    backgrounds: PathLike | None = None,
    init: PathLike | None = None,
    out: PathLike | None = None,
    resume: bool = False,
    set: str | Sequence[str] = (),
    mask_values: Sequence[str | int] = (),
    ignore: Sequence[str | int] = (),
    hosts: str | Sequence[str | int] = (),
    progress: bool = True,
) -> dict:
    """Trains a segmenter, and leaves model, curves and contact sheet in the run's folder.

    data: a folder with images/ and masks/, a list file, or several of them; () draws portraits. recipe: of recipes();
    None is quickstart. val: photos to choose the best epoch by; None holds a part of data out. backgrounds: folder of
    photos without people. init: where the weights begin, see models.start. out: the run's folder; None is
    runs/RECIPE. resume: goes on with the run in out. set: changes of the recipe, ["epochs=5", "augmentation.blur=3"].
    mask_values, ignore: what the values of the masks mean, as on the command line. hosts: several processes that train
    together, ("10.0.0.1:8476", 2, 0) on the first of two or "auto" (docs/scale.md); `out` is then a shared folder.
    Returns a summary: {"run", "before", "after", "epoch", "model", "curves", "sheet"}.
    Raises PortraitError for anything the user can mend.
    """
    words = _several(set), tuple(map(str, mask_values)), tuple(map(str, ignore))
    request = Request(recipe, _several(data), val, backgrounds, init, out, resume, *words)
    processes = join(_several(hosts))
    speaks = contextlib.nullcontext() if processes.first else contextlib.redirect_stdout(None)
    with speaks, others_alive(processes):
        return _train(request, progress and processes.first, processes)


def _several(data):
    """One path, word or number or several, as a tuple of text."""
    data = (data,) if isinstance(data, str | os.PathLike) else data
    return tuple(str(item) if isinstance(item, int) else os.fspath(item) for item in data)


def _train(request, progress, processes):
    run = _open(request, request.recipe or "", True, processes) if request.resume else None
    try:
        with processes.all_or_none():
            recipe, request = _resumed(request, run) if run else _fresh(request)
            listings = sources.listings_of(request.data, request.values)
            val_listing = sources.listings_of([request.val], request.values)[0] if request.val else None
        # Only now: a wrong request leaves no folder behind.
        run = run or _open(request, recipe.name, False, processes)
        if processes.first:
            run.write_json(SETTINGS, _settings(recipe, request))
        return _train_in(run, recipe, request, listings, val_listing, progress, processes)
    finally:
        if run:
            run.release()


def _open(request, name, resume, processes):
    """The run, which process 0 opens and the others only read in."""
    run = None
    with processes.all_or_none():
        if processes.first:
            run = open_run(request.out, name, resume)
    folder = processes.gather(run and str(run.folder))[0]
    return run or Run(folder)


def _settings(recipe, request):
    """What run.json says: all that --resume needs."""
    paths = {"val": request.val, "backgrounds": request.backgrounds}
    return {
        "recipe": to_json(recipe),
        "data": list(request.data),
        **{name: path and os.fspath(path) for name, path in paths.items()},
        "mask_values": list(request.mask_values),
        "ignore": list(request.ignore),
    }


def _train_in(run, recipe, request, listings, val_listing, progress, processes):
    """Trains in a run's folder and returns the summary."""
    with processes.all_or_none():
        if listings:
            training, weights, validation = _photos(listings, val_listing, recipe, progress, processes.first)
        else:
            training, validation = sources.synthetic_sources(recipe)
            weights = None
        validation = Validation(validation, recipe.size, recipe.fit, prior=recipe.prior)
        backgrounds = sources.background_source(request.backgrounds)
    facts = {"photos:": len(training), "validation photos:": len(validation), "backgrounds:": len(backgrounds or ())}
    processes.agree({**facts, **{f"recipe.{key} =": value for key, value in to_json(recipe).items()}})
    result = fit(recipe, training, validation, run, weights, backgrounds, request.resume, progress, processes)
    with processes.all_or_none():
        summary = _finish(run, recipe, validation, result) if processes.first else None
    return processes.gather(summary)[0]


def _finish(run, recipe, validation, result):
    """What comes after the last epoch: blend, contact sheet, summary."""
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


def check(data, *, val=None, mask_values=(), ignore=(), progress=True):
    """The doctor's reports on all photos of data and val, of data.doctor. Raises PortraitError without data."""
    request = Request(data=_several(data), val=val, mask_values=tuple(mask_values), ignore=tuple(ignore))
    if not request.data:
        raise PortraitError("--check needs --data DIR")
    validation = sources.listings_of([request.val], request.values)[0] if request.val else None
    return examine(sources.listings_of(request.data, request.values), validation, progress=progress)


def _fresh(request):
    """Recipe and request of a new run."""
    recipe = override(get_recipe(request.recipe or "quickstart"), request.set)
    if request.init is not None:
        recipe = dataclasses.replace(recipe, init=os.fspath(request.init))
    return recipe, request


def _texts(value):
    """A list of text out of JSON as a tuple. Raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} where a list should be")
    return tuple(os.fspath(text) for text in value)


def _resumed(request, run):
    """Recipe and request of a run that goes on: its own, but for what the user says anew."""
    path, saved = run.path(SETTINGS), run.read_json(SETTINGS)
    try:
        recipe = from_json(saved["recipe"])
        known = {key: _texts(saved.get(key) or []) for key in ("data", "mask_values", "ignore")}
        known |= {key: saved.get(key) and os.fspath(saved[key]) for key in ("val", "backgrounds")}
    except (PortraitError, KeyError, TypeError) as error:
        raise PortraitError(f"{path}: cannot be used ({error}); train again with another --out") from error
    if request.recipe and request.recipe != recipe.name:
        raise PortraitError(
            f"{run.folder}: holds a run of recipe {recipe.name}, not {request.recipe}; leave --recipe out"
        )
    if request.init is not None and os.fspath(request.init) != recipe.init:
        raise PortraitError(
            f"--init {request.init}: {run.folder} began from {recipe.init or 'random weights'} and goes on from its "
            "checkpoint; leave --init out, or start with another --out"
        )
    changed = override(recipe, request.set)
    load_model(run.path(BEST))  # damage to it is said now, not after the last epoch
    for key in STRUCTURE:
        before, after = getattr(recipe, key), getattr(changed, key)
        if before != after:
            raise PortraitError(
                f"--set {key}={after}: {run.folder} trains with {key}={before}, which cannot change on the way; "
                f"start a new run from it: --init {run.folder} --out ANOTHER --set {key}={after}"
            )
    return changed, dataclasses.replace(request, **{key: getattr(request, key) or known[key] for key in known})


def _photos(listings, val_listing, recipe, progress, examined):
    """Training source, weights and validation source, after the doctor has looked at them, if asked to."""
    reports = examine(listings, val_listing, CHECK_AT_START, progress) if examined else ()
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
