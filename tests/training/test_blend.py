import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.models.archive import BEST, load_model, save_model
from tf_portrait.training.blend import blended, choose_blend
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.run import Run
from tf_portrait.training.validation import Validation

CARD = {"network": "portraitnet", "options": {"size": 32, "width": 0.1}, "size": 32, "fit": "stretch", "threshold": 0.5}


def test_a_share_of_a_quarter_is_a_quarter_of_the_way():
    (mean,) = blended([np.array([0.0, 8.0])], [np.array([4.0, 0.0])], 0.25)
    np.testing.assert_allclose(mean, [1.0, 6.0])


@pytest.fixture
def run(tmp_path):
    """A start in start.keras, and a trained network in best.keras."""
    for name, seed in (("start.keras", 1), (BEST, 2)):
        network = tp.build("portraitnet", **CARD["options"])
        rng = np.random.default_rng(seed)
        network.set_weights([rng.uniform(0.1, 0.6, weight.shape) for weight in network.weights])
        save_model(tmp_path / name, network, CARD)
    return Run(tmp_path)


class _Prefers(Validation):
    """Photos on which the mean of 40 % is the best."""

    def __init__(self):
        super().__init__(SyntheticPortraits(2, 32), 32, "stretch")
        self.answers = iter((0.7, 0.9, 0.8))

    def iou(self, model):
        return next(self.answers)


def test_the_best_share_is_kept_and_told_in_the_card(run):
    recipe = Recipe(options={"width": 0.1}, size=32, init=str(run.path("start.keras")), blend=(0.4, 0.1))
    start, trained = (load_model(run.path(name))[0].get_weights() for name in ("start.keras", BEST))
    assert choose_blend(recipe, run, _Prefers()) == {0.1: 0.7, 0.4: 0.9, 1.0: 0.8}
    network, card = load_model(run.path(BEST))
    assert card["blend"] == 0.4 and card["validation_iou"] == 0.9
    for mine, a, b in zip(network.get_weights(), start, trained, strict=True):
        np.testing.assert_allclose(mine, 0.6 * a + 0.4 * b, rtol=1e-6)
    assert choose_blend(recipe, run, _Prefers()) == {}  # a resumed run does not go half the way again
