import csv
import dataclasses

import numpy as np
import pytest

from tests.tiny import tiny
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.errors import PortraitError
from tf_portrait.losses import OBJECTIVES
from tf_portrait.models import NETWORKS
from tf_portrait.models.archive import BEST, load_model
from tf_portrait.models.normalize import normalize
from tf_portrait.training.checkpoint import read_state
from tf_portrait.training.loop import fit
from tf_portrait.training.recipe import Recipe
from tf_portrait.training.run import HISTORY, LAST, open_run
from tf_portrait.training.validation import Validation

TINY = Recipe(
    network="tiny",
    size=32,
    objective=OBJECTIVES["full"],
    optimizer="adamw",
    learning_rate=3e-3,
    batch=4,
    epochs=2,
    steps=3,
)
SOURCE = SyntheticPortraits(8, 48)


@pytest.fixture(autouse=True)
def tiny_network(monkeypatch):
    monkeypatch.setitem(NETWORKS, "tiny", tiny)


@pytest.fixture(scope="module")
def validation():
    return Validation(SyntheticPortraits(6, 40, seed=1), 32, "stretch")


def train(recipe, validation, folder, resume=False):
    run = open_run(folder, recipe.name, resume)
    try:
        return run, fit(recipe, SOURCE, validation, run, resume=resume, progress=False)
    finally:
        run.release()


def test_a_run_leaves_model_history_curves_and_events(tmp_path, validation):
    run, result = train(TINY, validation, tmp_path / "run")
    with open(run.path(HISTORY)) as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1"]
    assert {"loss", "mask", "boundary", "consistency", "val_iou", "learning_rate"} <= rows[0].keys()
    assert result["best"] == pytest.approx(max(float(row["val_iou"]) for row in rows))
    network, card = load_model(run.folder)
    assert card["validation_iou"] == result["best"] and card["epoch"] == result["epoch"] and card["size"] == 32
    assert network.input_shape == (None, 32, 32, 3)
    assert run.path("curves.png").read_bytes().startswith(b"\x89PNG")
    assert list(run.path("tensorboard").iterdir())


def test_a_network_with_a_prior_learns_to_look_at_it(tmp_path):
    """Noise as photos, and previous masks that are nearly right: there is nothing else to learn from."""

    class Noise(_Squares):
        def __getitem__(self, index):
            return np.random.default_rng(index).integers(0, 256, (32, 32, 3), np.uint8), super().__getitem__(index)[1]

    still = dataclasses.replace(
        TINY.augmentation, probability=0.0, prior_empty=0.0, prior_wrong=0.0, prior_motion=0.0, nobody=0.0
    )
    recipe = dataclasses.replace(
        TINY, epochs=1, steps=150, learning_rate=1e-2, augmentation=still, options={"prior": True}
    )
    run = open_run(tmp_path / "run", "prior", False)
    fit(recipe, Noise(), Validation(Noise(), 32, "stretch", prior=True), run, progress=False)
    network, card = load_model(run.folder)
    assert card["options"]["prior"] and network.input_shape == (None, 32, 32, 4)
    mask = _Squares()[99][1]
    photo = np.random.default_rng(99).integers(0, 256, (1, 32, 32, 3), np.uint8)
    fed = np.concatenate([photo, mask[None, ..., None]], axis=-1)
    logits = np.asarray(network(normalize(fed))["mask"])[0]
    assert np.mean((logits[..., 1] > logits[..., 0]) == (mask > 127)) > 0.9


def test_the_saved_model_scores_what_was_logged(tmp_path, validation):
    from tf_portrait.inference.probability import probability_model

    run, result = train(dataclasses.replace(TINY, ema=0.8), validation, tmp_path / "run")
    network, _ = load_model(run.path(BEST))
    assert validation.iou(probability_model(network, 32)) == pytest.approx(result["best"], abs=1e-6)


class _Squares:
    """A source that a network learns in seconds: bright squares on dark ground."""

    def __len__(self):
        return 16

    def __getitem__(self, index):
        top, left = np.random.default_rng(index).integers(0, 16, 2)
        mask = np.zeros((32, 32), np.uint8)
        mask[top : top + 16, left : left + 16] = 255
        return np.repeat(mask[..., None] // 2 + 60, 3, axis=2), mask


def test_training_learns(tmp_path):
    augmentation = dataclasses.replace(TINY.augmentation, probability=0.0)
    recipe = dataclasses.replace(TINY, epochs=1, steps=150, learning_rate=1e-2, augmentation=augmentation)
    run = open_run(tmp_path / "run", "squares", False)
    result = fit(recipe, _Squares(), Validation(_Squares(), 32, "stretch"), run, progress=False)
    assert result["before"] < 0.5 and result["best"] > 0.8


def test_nan_stops_and_keeps_the_last_good_state(tmp_path, validation):
    run, _ = train(TINY, validation, tmp_path / "run")
    good = run.path(LAST).read_bytes(), run.path(BEST).read_bytes()
    worse = dataclasses.replace(TINY, epochs=4)
    object.__setattr__(worse, "learning_rate", float("inf"))  # which no recipe can be made with
    with pytest.raises(
        PortraitError, match=r"the loss became nan in epoch 3, by step \d.*last\.npz holds the state before"
    ):
        train(worse, validation, run.folder, resume=True)
    assert (run.path(LAST).read_bytes(), run.path(BEST).read_bytes()) == good


def test_another_architecture_cannot_resume(tmp_path, validation):
    run, _ = train(TINY, validation, tmp_path / "run")
    with pytest.raises(PortraitError, match="checkpoint of another architecture"):
        train(dataclasses.replace(TINY, epochs=3, options={"channels": 4}), validation, run.folder, resume=True)


def test_resuming_equals_not_having_stopped(tmp_path, validation):
    recipe = dataclasses.replace(TINY, epochs=4, ema=0.9, schedule="cosine")
    short = dataclasses.replace(recipe, name="short")
    whole, _ = train(recipe, validation, tmp_path / "whole")
    run = open_run(tmp_path / "parts", short.name, False)
    with pytest.raises(KeyboardInterrupt):
        fit(short, SOURCE, _Interrupts(validation, 4), run, progress=False)  # after epoch 3, before it is saved
    run.release()
    assert read_state(run.path(LAST))["epoch"] == 2
    train(short, validation, run.folder, resume=True)
    with np.load(whole.path(LAST)) as expected, np.load(run.path(LAST)) as resumed:
        assert read_state(run.path(LAST))["best"] == pytest.approx(read_state(whole.path(LAST))["best"], abs=1e-4)
        for name in expected.files:
            if name != "state.json":
                np.testing.assert_allclose(resumed[name], expected[name], rtol=1e-3, atol=1e-4, err_msg=name)


class _Interrupts:
    """A validation during whose n-th scoring the user stops the training."""

    def __init__(self, validation, calls):
        self._validation, self._left = validation, calls

    def iou(self, model):
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        return self._validation.iou(model)

    def __getattr__(self, name):
        return getattr(self._validation, name)

    def __len__(self):
        return len(self._validation)


def test_frozen_encoder_stays_and_then_moves(tmp_path, validation):
    start, _ = train(dataclasses.replace(TINY, epochs=1), validation, tmp_path / "start")
    recipe = dataclasses.replace(TINY, init=str(start.path(BEST)), freeze_epochs=1, epochs=1)
    run, _ = train(recipe, validation, tmp_path / "frozen")
    before, _ = load_model(start.path(BEST))
    with np.load(run.path(LAST)) as state:
        names = [name for name in state.files if name.startswith("model/")]
        after = [state[name] for name in names]
    moved = {
        weight.path: not np.array_equal(weight.numpy(), value)
        for weight, value in zip(before.weights, after, strict=False)
    }
    assert not any(change for path, change in moved.items() if path.startswith(("stem", "stage")))
    assert moved["mask/kernel"]
    # It goes on from the checkpoint, with the encoder free: a step or three away, not from a new start.
    train(dataclasses.replace(recipe, epochs=2), validation, run.folder, resume=True)
    with np.load(run.path(LAST)) as state:
        assert 0 < np.abs(state[names[0]] - after[0]).max() < 0.05


def test_two_sizes_in_one_run(tmp_path, validation):
    recipe = dataclasses.replace(TINY, size=64, low_size=32, low_fraction=0.5)
    run, _ = train(recipe, Validation(SyntheticPortraits(4, 64), 64, "stretch"), tmp_path / "run")
    assert [row["size"] for row in run.history] == [32, 64]


def test_a_folder_with_another_run_is_refused(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "something").touch()
    with pytest.raises(PortraitError, match="is not empty; add --resume"):
        open_run(tmp_path / "run", "x", False)
    with pytest.raises(PortraitError, match="nothing to resume"):
        open_run(tmp_path / "run", "x", True)


def test_an_unwritable_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PortraitError, match="file/run: cannot be written"):
        open_run(tmp_path / "file" / "run", "x", False)
