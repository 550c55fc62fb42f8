import json

import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.optimizer import learning_rate
from tf_portrait.training.recipe import Recipe, from_json, override, to_json
from tf_portrait.training.recipes import RECIPES, get_recipe


def test_the_papers_recipe_is_the_papers():
    recipe = get_recipe("portraitnet")
    printed = {"optimizer": "adam", "l2": 5e-4, "batch": 64, "learning_rate": 1e-3, "epochs": 2000, "size": 224}
    assert {key: getattr(recipe, key) for key in printed} == printed
    assert (recipe.objective.consistency, recipe.objective.boundary, recipe.objective.temperature) == (2.0, 0.3, 1.0)
    rate = learning_rate(recipe, steps=10)
    for epoch in (0, 19, 20, 39, 40, 1999):
        assert float(rate(epoch * 10)) == pytest.approx(1e-3 * 0.95 ** (epoch // 20), rel=1e-5)


def test_ablations_differ_in_their_objective_alone():
    full = to_json(get_recipe("portraitnet"))
    for name, letter in (("portraitnet_m", "M"), ("portraitnet_b", "B"), ("portraitnet_c", "C")):
        other = to_json(get_recipe(name))
        assert {key for key in full if full[key] != other[key]} == {"name", "objective"}
        assert get_recipe(name).objective == OBJECTIVES[letter]


@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_schedules_warm_up_and_end(schedule):
    rate = learning_rate(Recipe(schedule=schedule, epochs=10, warmup_epochs=1, learning_rate=0.1), steps=20)
    assert float(rate(10)) == pytest.approx(0.05) and float(rate(20)) == pytest.approx(0.1)
    assert float(rate(199)) == pytest.approx(0.1 if schedule == "constant" else 0.0, abs=1e-4)


def test_milestones_are_half_and_five_sixths():
    rate = learning_rate(Recipe(schedule="milestones", epochs=12, decay=0.5, learning_rate=0.8), steps=10)
    assert [round(float(rate(step)), 6) for step in (0, 59, 61, 99, 101, 119)] == [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]


@pytest.mark.parametrize(
    ("assignment", "read"),
    [
        ("epochs=7", lambda r: r.epochs == 7),
        ("learning_rate=1", lambda r: r.learning_rate == 1.0),
        ("steps=None", lambda r: r.steps is None),
        ("fit=letterbox", lambda r: r.fit == "letterbox"),
        ("objective=B", lambda r: r.objective == OBJECTIVES["B"]),
        ("objective.boundary=0.1", lambda r: r.objective.boundary == 0.1 and r.objective.consistency == 2.0),
        ("augmentation.resize=0.8,1.2", lambda r: r.augmentation.resize == (0.8, 1.2)),
        ("data_weights=2,1", lambda r: r.data_weights == (2, 1)),
        ("data_weights=2", lambda r: r.data_weights == (2,)),
        ("options.width=0.5", lambda r: r.options == {"preset": "paper", "fuse": "add", "width": 0.5}),
    ],
)
def test_set_changes_one_thing(assignment, read):
    before = get_recipe("portraitnet")
    assert read(override(before, [assignment]))
    assert before == RECIPES["portraitnet"]


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("learning_rat=1", "no such key; did you mean 'learning_rate'"),
        ("augmentation.rotaton=1", "did you mean 'rotation'"),
        ("epochs=many", "epochs=many: expected int"),
        ("epochs=1.5", "expected int"),
        ("epochs", "expected key=value"),
        ("objective=Z", "use one of M, B, C, full, report"),
        ("augmentation=3", "set one of its parts"),
        ("epochs.x=3", "epochs has no parts"),
    ],
)
def test_wrong_settings_are_explained(assignment, message):
    with pytest.raises(PortraitError, match=message):
        override(Recipe(), [assignment])


def test_unknown_recipe_names_the_nearest():
    with pytest.raises(PortraitError, match="did you mean 'portraitnet'"):
        get_recipe("potraitnet")


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_survive_json(name):
    recipe = RECIPES[name]
    assert from_json(json.loads(json.dumps(to_json(recipe)))) == recipe
