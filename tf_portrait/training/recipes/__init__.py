"""The recipes, by name."""

import difflib

from tf_portrait.errors import PortraitError
from tf_portrait.training.recipes.banet import BANET, BANET_REFINE
from tf_portrait.training.recipes.bisenet import BISENET, BISENET_PLUS
from tf_portrait.training.recipes.distilled import DISTILLED
from tf_portrait.training.recipes.elb import ELB
from tf_portrait.training.recipes.fast import FAST
from tf_portrait.training.recipes.final import FINAL
from tf_portrait.training.recipes.finetune import FINETUNE
from tf_portrait.training.recipes.long import LONG
from tf_portrait.training.recipes.longer import LONGER
from tf_portrait.training.recipes.paper import PORTRAITNET, PORTRAITNET_B, PORTRAITNET_C, PORTRAITNET_M
from tf_portrait.training.recipes.quickstart import QUICKSTART
from tf_portrait.training.recipes.report import REPORT
from tf_portrait.training.recipes.selfie import SELFIE
from tf_portrait.training.recipes.short import SHORT
from tf_portrait.training.recipes.sinet import SINET, SINET_ENCODER
from tf_portrait.training.recipes.softened import SOFTENED

RECIPES = {
    recipe.name: recipe
    for recipe in (
        QUICKSTART,
        SHORT,
        LONG,
        LONGER,
        FINAL,
        SOFTENED,
        FAST,
        DISTILLED,
        SELFIE,
        FINETUNE,
        PORTRAITNET,
        PORTRAITNET_M,
        PORTRAITNET_B,
        PORTRAITNET_C,
        REPORT,
        SINET_ENCODER,
        SINET,
        ELB,
        BANET,
        BANET_REFINE,
        BISENET,
        BISENET_PLUS,
    )
}


def get_recipe(name):
    """The recipe of this name. Raises PortraitError with the nearest name for an unknown one."""
    if name not in RECIPES:
        near = difflib.get_close_matches(name, RECIPES, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PortraitError(f"no recipe is called {name!r}; {hint}there are: {', '.join(RECIPES)}")
    return RECIPES[name]
