"""Writes the tables of docs/recipes.md from the recipes: `python tools/recipes_doc.py`. A test holds the file to it."""

import ast
import dataclasses
import importlib
import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tf_portrait import tables  # noqa: E402
from tf_portrait.data.augmentation import Augmentation  # noqa: E402
from tf_portrait.losses import OBJECTIVES, Objective  # noqa: E402
from tf_portrait.losses.objectives import TERMS  # noqa: E402
from tf_portrait.training import recipes  # noqa: E402
from tf_portrait.training.ranges import CHOICES, RANGES  # noqa: E402
from tf_portrait.training.recipe import Recipe  # noqa: E402

PAGE = ROOT / "docs" / "recipes.md"
MODULES = (
    "quickstart",
    "photos",
    "photos_video",
    "finetune",
    "distilled",
    "selfie",
    "paper",
    "report",
    "sinet",
    "elb",
    "banet",
    "bisenet",
    "baselines",
    "shipped",
)
COLUMNS = ("recipe", "network, size", "loss", "optimizer, rate, schedule", "batch", "steps x epochs")
BEGIN, END = "<!-- written by tools/recipes_doc.py: {} -->", "<!-- end -->"


def recipes_of(module):
    """The recipes that a module of tf_portrait.training.recipes defines, one by one or in a tuple, in its order."""
    source = ast.parse(Path(module.__file__).read_text())
    values = [getattr(module, line.targets[0].id) for line in source.body if isinstance(line, ast.Assign)]
    found = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return [value for index, value in enumerate(found) if isinstance(value, Recipe) and value not in found[:index]]


def recipe_pages():
    """A table of all recipes, then what each file says of its own."""
    modules = [importlib.import_module(f"{recipes.__name__}.{name}") for name in MODULES]
    rows, texts = [], []
    for module in modules:
        own = recipes_of(module)
        rows += [_row(recipe) for recipe in own]
        heading = ", ".join(f"`{recipe.name}`" for recipe in own)
        texts.append(f"### {heading}\n\n{_markdown(module.__doc__)}")
    return "\n\n".join([tables.markdown(rows, COLUMNS), *texts])


def setting_table():
    """Every setting of a recipe: its default, what it may be, which recipes set something else."""
    default, rows = Recipe(), []
    for key, value in _settings(default).items():
        users = [name for name, recipe in recipes.RECIPES.items() if _settings(recipe)[key] != value]
        shown = users if len(users) <= 4 else [*users[:3], f"{len(users) - 3} more"]
        rows.append([f"`{key}`", _text(value), _allowed(key), ", ".join(shown)])
    return tables.markdown(rows, ["setting", "default", "may be", "set by"])


def meanings():
    """What the settings mean, in the words of the code."""
    kinds = {"": Recipe, "augmentation.": Augmentation, "objective.": Objective}
    texts = [f"`{prefix}KEY`\n\n```text\n{inspect.cleandoc(kind.__doc__)}\n```" for prefix, kind in kinds.items()]
    return "\n\n".join(texts)


def page(text):
    """The text of docs/recipes.md with its tables as they should be."""
    parts = {"recipes": recipe_pages(), "settings": setting_table(), "meanings": meanings()}
    for name, part in parts.items():
        begin = BEGIN.format(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n\n{part}\n\n{END}{rest.partition(END)[2]}"
    return text


def _row(recipe):
    options = "".join(f", {key} {value}" for key, value in recipe.options.items())
    decay = f", weight decay {recipe.weight_decay:g}" if recipe.weight_decay else ""
    decay += f", L2 {recipe.l2:g}" if recipe.l2 else ""
    low = f" (first at {recipe.low_size})" if recipe.low_size else ""
    return [
        f"`{recipe.name}`",
        f"{recipe.network}{options}, {recipe.size}{low}",
        _loss(recipe.objective),
        f"{recipe.optimizer} {recipe.learning_rate:g}, {recipe.schedule}{decay}",
        recipe.batch,
        f"{recipe.steps or 'one pass'} x {recipe.epochs}",
    ]


def _loss(objective):
    """The weighted sum, and the objective's name if it has one."""
    terms = [(name, getattr(objective, name)) for name in TERMS]
    total = " + ".join(name if weight == 1 else f"{weight:g} {name}" for name, weight in terms if weight)
    known = next((name for name, other in OBJECTIVES.items() if other == objective), None)
    return f"`{known}`: {total}" if known else total


def _settings(recipe):
    values = {}
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        if dataclasses.is_dataclass(value):
            values |= {f"{field.name}.{key}": part for key, part in dataclasses.asdict(value).items()}
        elif field.name != "name":
            values[field.name] = value
    return values


def _allowed(key):
    if key in CHOICES:
        return ", ".join(f"`{choice}`" if choice else "empty" for choice in CHOICES[key])
    return "{:g} to {:g}".format(*RANGES[key]) if key in RANGES else ""


def _text(value):
    if isinstance(value, tuple):
        return ", ".join(f"{part:g}" for part in value) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value) if value not in ("", None, {}) else "-"


def _markdown(docstring):
    """A docstring as Markdown: indented lines become a block of code of their own."""
    lines, code = [], False
    for line in docstring.strip().splitlines():
        indented = line.startswith("    ")
        if indented != code and line and lines and lines[-1]:
            lines.append("")
        lines.append(line)
        code = indented if line else code
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
