"""The recipes, by name."""

from tf_portrait.errors import PortraitError, did_you_mean
from tf_portrait.training.recipes.banet import BANET, BANET_REFINE
from tf_portrait.training.recipes.baselines import BASELINES
from tf_portrait.training.recipes.bisenet import BISENET, BISENET_PLUS
from tf_portrait.training.recipes.distilled import DISTILLED
from tf_portrait.training.recipes.elb import ELB
from tf_portrait.training.recipes.finetune import FINETUNE
from tf_portrait.training.recipes.paper import PORTRAITNET, PORTRAITNET_B, PORTRAITNET_C, PORTRAITNET_M
from tf_portrait.training.recipes.photos import PHOTOS
from tf_portrait.training.recipes.photos_video import PHOTOS_VIDEO
from tf_portrait.training.recipes.quickstart import QUICKSTART
from tf_portrait.training.recipes.report import REPORT
from tf_portrait.training.recipes.selfie import SELFIE
from tf_portrait.training.recipes.shipped import SHIPPED
from tf_portrait.training.recipes.sinet import SINET, SINET_ENCODER

RECIPES = {
    recipe.name: recipe
    for recipe in (
        QUICKSTART,
        PHOTOS,
        PHOTOS_VIDEO,
        FINETUNE,
        SELFIE,
        DISTILLED,
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
        *BASELINES,
        *SHIPPED,
    )
}


def recipes() -> list[str]:
    """The names that train() takes for use; those of the log of the shipped weights are left out."""
    return [name for name, recipe in RECIPES.items() if recipe not in SHIPPED]


def get_recipe(name):
    """The recipe of this name. Raises PortraitError with the nearest name for an unknown one."""
    if name not in RECIPES:
        raise PortraitError(f"no recipe is called {name!r}; {did_you_mean(name, RECIPES)}")
    return RECIPES[name]
