"""Values that no training can use are refused when a recipe is made, in one sentence with the key and the fix."""

import dataclasses
import itertools
import json

import pytest

from tf_portrait.data.augmentation import Augmentation
from tf_portrait.errors import PortraitError
from tf_portrait.losses import Objective
from tf_portrait.training.ranges import CHOICES, RANGES
from tf_portrait.training.recipe import Recipe, from_json, override, to_json
from tf_portrait.training.recipes import RECIPES

HOSTILE = [
    "size=0", "size=-32", "size=33", "size=100000", "size=nan", "size=True", "low_size=7", "low_size=0", "batch=-4",
    "batch=1.5", "seed=-1", "seed=1e99", "steps=-3", "steps=0", "epochs=0", "epochs=-1", "learning_rate=-1",
    "learning_rate=1e999", "learning_rate=nan", "ema=2", "ema=-0.1", "ema=1", "clip_norm=-1", "l2=-1",
    "decay=0", "decay=2", "decay_epochs=0", "warmup_epochs=-1", "low_fraction=2", "freeze_epochs=-1", "data_weights=-1",
    "data_weights=0,0", "data_weights=1,nan", "validation=-1", "validation=0", "validation=1", "synthetic=0", "blend=2",
    "logit_scale=0", "fit=crop", "schedule=linear", "optimizer=lion", "mixed_precision=float8", "options.size=64",
    "augmentation.prior_empty=2", "augmentation.prior_wrong=2", "augmentation.prior_motion=1",
    "objective.temperature=0", "objective.gamma=-1", "objective.mask=0", "objective.mask=-1",
    "objective.band_kernel=4", "objective.band_kernel=0", "objective.boundary_on=first", "objective.target=contours",
    "objective.near=1", "objective.target=distance", "augmentation.blur=2", "augmentation.blur=()",
    "augmentation.rotation=-1", "augmentation.rotation=1e9", "augmentation.probability=2", "augmentation.resize=0",
    "augmentation.resize=1.5,0.5", "augmentation.resize=1,2,3", "augmentation.translation=-1", "augmentation.aspect=0",
    "augmentation.noise=-1", "augmentation.color=2,1", "augmentation.background=2", "augmentation.degrade=-1",
    "augmentation.nobody=nan", "augmentation.turned=2", "name=../../x", "name=/tmp/x", "name=", "name=.hidden",
    "name=a b", "name=a/b", "batch=0", "weight_decay=-1", "augmentation.blur=0",
    "blend=(None,None)", "augmentation.resize=(None,None)", "augmentation.blur=(None,3)", "options.width=1e999",
    "options.width=3+4j", "options.a.b=1", "feedback=True",
]  # fmt: skip


@pytest.mark.parametrize("assignment", HOSTILE)
def test_hostile_settings_are_a_sentence_with_the_key(assignment):
    with pytest.raises(PortraitError) as caught:
        override(Recipe(), [assignment])
    key = assignment.partition("=")[0].partition(".")[2] or assignment.partition("=")[0]
    assert str(caught.value).startswith("--set ") and key.split("=")[0] in str(caught.value)


def _keys(recipe, prefix=""):
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        yield prefix + field.name
        if dataclasses.is_dataclass(value):
            yield from _keys(value, f"{prefix}{field.name}.")


ODD = [
    "0", "-1", "7", "nan", "-inf", "1e999", "1e308", "2**99", "''", "[]", "()", "{}", "None", "True", "1,2", "2,1",
    "1,'a'", "(1,(2,3))", "3+4j", "b'1'", "[nan]", "(None,None)", "(True,False)", "9" * 5000, "(" * 300 + ")" * 300,
    "é", "...",
]  # fmt: skip


def test_any_setting_of_any_kind_is_a_sentence_or_a_recipe_that_lasts():
    keys = [
        *_keys(Recipe()),
        "options.width",
        "options.",
        "options.a.b",
        "objective.x",
        "",
        ".",
        "seed.x",
        "augmentation..",
    ]
    for key, text in itertools.product(keys, ODD):
        try:
            made = override(Recipe(), [f"{key}={text}"])
        except PortraitError as error:
            assert str(error).startswith("--set ")
            continue
        assert to_json(from_json(json.loads(json.dumps(to_json(made))))) == to_json(made)


def test_every_number_has_a_range_and_every_word_a_choice():
    known = {
        *RANGES,
        *CHOICES,
        "name",
        "network",
        "options",
        "init",
        "objective",
        "augmentation",
        "augmentation.flip",
        "feedback",
    }
    for prefix, kind in (("", Recipe), ("augmentation.", Augmentation), ("objective.", Objective)):
        assert {prefix + field.name for field in dataclasses.fields(kind)} <= known


def test_the_ends_of_a_range_are_inside():
    together = {"size", "low_size", "objective.near", "objective.mask", "objective.band_kernel"}
    for key in RANGES.keys() - together:
        holder, _, name = key.rpartition(".")
        if isinstance(getattr(getattr(Recipe(), holder) if holder else Recipe(), name), int | float):
            for value in RANGES[key]:
                override(Recipe(), [f"{key}={value}"])


def test_all_recipes_are_inside():
    for recipe in RECIPES.values():
        dataclasses.replace(recipe)
