"""A suite: several sets of photos, clean and corrupted, and pictures of nobody, scored in one run.

A single set has its own habits (what counts as person, how edges are drawn); a model is better where it is on all.
"""

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_portrait import plots, tables
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs, list_photos
from tf_portrait.data.nobody import frame_without_person
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.metrics import main_score

KEYS = ("sets", "nobody", "corruptions", "drawn")
DRAWN = 64  # pictures without a person that are drawn for every suite
SIZE = 256  # of the drawn ones
METRICS = ("iou", "boundary_f1")


@dataclasses.dataclass(frozen=True)
class Suite:
    """sets: {name: pairs of photo and mask}. nobody: {name: photos}. corruptions: of evaluation/corruptions.py.

    drawn: how many pictures of nobody are drawn besides: plain, noise, gradients, screens.
    """

    sets: dict
    nobody: dict
    corruptions: tuple = tuple(CORRUPTIONS)
    drawn: int = DRAWN


def read_suite(path):
    """A Suite from a .toml file, or from a folder of sets, where a set without masks shows nobody.

    The file: [sets] and [nobody] with NAME = "folder or list file", relative to it; corruptions = ["dark", ..], all
    where it is left out; drawn = 64. Raises PortraitError, before anything runs, for what is missing or unknown.
    """
    path = Path(path)
    if path.is_dir():
        found = {entry.name: entry for entry in sorted(path.iterdir()) if (entry / "images").is_dir()}
        sets = {name: entry for name, entry in found.items() if (entry / "masks").is_dir()}
        settings = {"sets": sets, "nobody": {name: found[name] for name in found if name not in sets}}
    else:
        settings = _settings(path)
    sets = {name: list_pairs(path.parent / source).pairs for name, source in settings.get("sets", {}).items()}
    empty = {name: list_photos(path.parent / source) for name, source in settings.get("nobody", {}).items()}
    if not sets:
        raise PortraitError(f'{path}: names no set of photos; write [sets] and a line NAME = "folder"')
    corruptions = tuple(settings.get("corruptions", CORRUPTIONS))
    unknown = [kind for kind in corruptions if kind not in CORRUPTIONS]
    if unknown:
        raise PortraitError(f"{path}: no corruption is called {unknown[0]!r}; there are: {', '.join(CORRUPTIONS)}")
    corruptions = ("clean", *(kind for kind in corruptions if kind != "clean"))
    return Suite(sets, empty, corruptions, int(settings.get("drawn", DRAWN)))


def run_suite(segmenters, suite, threshold=0.5, progress=True):
    """Scores segmenters {name: rgb (H, W, 3) -> alpha (H, W)} on everything in a suite.

    Returns {"sets": {set: {corruption: {name: scores}}}, "nobody": {group: {name: {"mean", "worst", "photo"}}}}.
    scores: means of "iou" and "boundary_f1" over the photos, and "worst_tenth", the IoU of that tenth of them.
    nobody: part of a picture called person. The n-th photo is corrupted alike for all.
    """
    sets = {name: _score_set(segmenters, pairs, suite, threshold, name, progress) for name, pairs in suite.sets.items()}
    groups = {name: [(str(path), read_rgb(path)) for path in paths] for name, paths in suite.nobody.items()}
    if suite.drawn:
        drawn = (frame_without_person(np.random.default_rng(number), SIZE) for number in range(suite.drawn))
        groups["drawn"] = [(f"drawn {number}", picture) for number, picture in enumerate(drawn)]
    empty = {}
    for group, pictures in groups.items():
        shares = {
            name: [(float(np.mean(segment(rgb) > threshold)), photo) for photo, rgb in pictures]
            for name, segment in segmenters.items()
        }
        empty[group] = {
            name: {"mean": float(np.mean([share for share, _ in of])), "worst": max(of)[0], "photo": max(of)[1]}
            for name, of in shares.items()
        }
    return {"sets": sets, "nobody": empty}


def format_suite(result):
    """The result as Markdown tables: clean sets, corrupted ones, nobody."""
    names = list(next(iter(result["sets"].values()))["clean"])
    rows = []
    for title, of in result["sets"].items():
        scores = of["clean"]
        rows.append([f"{title}: IoU, boundary F1", *(", ".join(f"{scores[n][m]:.4f}" for m in METRICS) for n in names)])
        rows.append([f"{title}: IoU of the worst tenth", *(f"{scores[n]['worst_tenth']:.4f}" for n in names)])
    for title, of in result["sets"].items():
        for kind, scores in of.items():
            if kind != "clean":
                rows.append([f"{title}, {kind}: IoU", *(f"{scores[n]['iou']:.4f}" for n in names)])
    for group, of in result["nobody"].items():
        cells = [f"{of[n]['mean']:.2%}, {of[n]['worst']:.2%}" for n in names]
        rows.append([f"nobody, {group}: called person, mean and worst", *cells])
    return tables.markdown(rows, ["", *names])


def draw_suite(path, result):
    """Writes a plot (PNG): for each set, IoU under each corruption, a line a model."""
    from matplotlib.figure import Figure

    figure = Figure((9, 3.2 * len(result["sets"])), layout="constrained")
    rows = figure.subplots(len(result["sets"]), squeeze=False)[:, 0]
    for axes, (title, of) in zip(rows, result["sets"].items(), strict=True):
        for name in of["clean"]:
            axes.plot(list(of), [scores[name]["iou"] for scores in of.values()], marker="o", label=name)
        axes.set(title=title, ylabel="IoU")
        axes.grid(alpha=0.3)
        axes.tick_params(axis="x", rotation=20)
    figure.axes[0].legend()
    plots.save(path, figure)


def _settings(path):
    try:
        settings = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PortraitError(f"{path}: no suite can be read from it ({error})") from error
    unknown = [key for key in settings if key not in KEYS]
    if unknown:
        raise PortraitError(f"{path}: {unknown[0]!r} is unknown in a suite; it has {', '.join(KEYS)}")
    return settings


def _score_set(segmenters, pairs, suite, threshold, title, progress):
    """{corruption: {name: {"iou", "boundary_f1", "worst_tenth"}}} of one set."""
    found = {kind: {name: [] for name in segmenters} for kind in suite.corruptions}
    for number, pair in enumerate(tqdm(pairs, desc=title, unit="photo", disable=not progress)):
        photo, mask = read_pair(pair)
        for kind in suite.corruptions:
            worse, turned = CORRUPTIONS[kind](photo, mask, np.random.default_rng(number))
            for name, segment in segmenters.items():
                scores = main_score(segment(worse), turned, threshold)
                found[kind][name].append([scores[metric] for metric in METRICS])
    return {kind: {name: _means(np.array(rows)) for name, rows in of.items()} for kind, of in found.items()}


def _means(rows):
    """rows: (photos, metrics)."""
    tenth = max(1, round(len(rows) / 10))
    means = dict(zip(METRICS, rows.mean(axis=0).tolist(), strict=True))
    return means | {"worst_tenth": float(np.sort(rows[:, 0])[:tenth].mean())}
