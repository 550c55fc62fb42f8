import dataclasses

import numpy as np
import pytest

import tf_portrait as tp
from tests.tiny import tiny
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.int8 import QAT_STATE
from tf_portrait.exporting.int8.finetune import _Trainer, finetune
from tf_portrait.exporting.int8.qat import keeping_sums, quantize, weights_of
from tf_portrait.exporting.int8.ranges import calibrate
from tf_portrait.exporting.int8.sensitivity import draw_chart, format_table, sensitivity
from tf_portrait.losses import Objective
from tf_portrait.training.recipes.qat import QAT
from tf_portrait.training.validation import Validation

RECIPE = dataclasses.replace(QAT, size=32, batch=4, epochs=2, steps=3, learning_rate=1e-2)
SOURCE = SyntheticPortraits(12, 32)


def start():
    deployed = deploy(tiny())
    photos = [SOURCE[i][0][None].astype("float32") for i in range(8)]
    ranges = calibrate(deployed, photos)
    return deployed, ranges, quantize(keeping_sums(deployed), ranges)


def validation():
    return Validation(SOURCE, 32, "stretch")


def test_training_moves_the_weights_and_keeps_the_best(tmp_path):
    deployed, _, model = start()
    before = weights_of(model)
    result = finetune(model, deployed, RECIPE, SOURCE, validation(), tmp_path)
    assert len(result["scores"]) == 3 and (tmp_path / QAT_STATE).is_file()
    assert result["scores"][result["epoch"]] == max(result["scores"])
    pairs = [pair for name, parts in weights_of(model).items() for pair in zip(parts, before[name], strict=True)]
    moved = any(not np.array_equal(*pair) for pair in pairs)
    assert moved == (result["epoch"] > 0)


class Rising:
    """A validation for which every epoch is better than the one before, so that the last weights are kept."""

    calls = 0

    def iou(self, model):
        self.calls += 1
        return float(self.calls)


def test_every_epoch_trains_and_the_loss_falls(tmp_path, monkeypatch):
    deployed, _, model = start()
    before, losses = weights_of(model), []
    epoch = _Trainer.epoch

    def noted(trainer, dataset, caption):
        losses.append(epoch(trainer, dataset, caption))
        return losses[-1]

    monkeypatch.setattr(_Trainer, "epoch", noted)
    finetune(model, deployed, dataclasses.replace(RECIPE, epochs=8), SOURCE, Rising(), tmp_path)
    for name, parts in weights_of(model).items():
        assert any(not np.array_equal(ours, theirs) for ours, theirs in zip(parts, before[name], strict=True)), name
    assert np.mean(losses[4:]) < np.mean(losses[:4])  # each epoch has its own photos and augmentation


def test_boundary_terms_are_left_out(tmp_path):
    deployed, _, model = start()
    objective = Objective(consistency=2.0, boundary=0.3, refine=0.1, boundary_consistency=2.0)
    recipe = dataclasses.replace(RECIPE, epochs=1, steps=1, objective=objective)
    result = finetune(model, deployed, recipe, SOURCE, Rising(), tmp_path)
    assert result["epoch"] == 1


def test_a_stopped_training_goes_on_to_the_same_end(tmp_path):
    deployed, _, model = start()
    set_by_hand = weights_of(model)
    whole = finetune(model, deployed, RECIPE, SOURCE, validation(), tmp_path / "whole")
    expected = weights_of(model)

    class Stop(Exception):
        pass

    class StopsAfterOne(Validation):
        calls = 0

        def iou(self, model):
            StopsAfterOne.calls += 1
            if StopsAfterOne.calls == 3:
                raise Stop
            return super().iou(model)

    from tf_portrait.exporting.int8.qat import set_weights

    set_weights(model, set_by_hand)
    with pytest.raises(Stop):
        finetune(model, deployed, RECIPE, SOURCE, StopsAfterOne(SOURCE, 32, "stretch"), tmp_path / "cut")
    set_weights(model, set_by_hand)
    resumed = finetune(model, deployed, RECIPE, SOURCE, validation(), tmp_path / "cut", resume=True)
    np.testing.assert_allclose(resumed["scores"], whole["scores"], atol=1e-3)
    for name, parts in weights_of(model).items():
        for ours, theirs in zip(parts, expected[name], strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_a_loss_that_is_no_number_stops_with_advice(tmp_path):
    deployed, _, model = start()
    recipe = dataclasses.replace(RECIPE, clip_norm=0.0)
    object.__setattr__(recipe, "learning_rate", float("inf"))  # which no recipe can be made with
    with pytest.raises(tp.PortraitError, match="--qat-epochs 0 to calibrate only"):
        finetune(model, deployed, recipe, SOURCE, validation(), tmp_path)


def test_a_damaged_state_is_named(tmp_path):
    deployed, _, model = start()
    (tmp_path / QAT_STATE).write_bytes(b"not a state")
    with pytest.raises(tp.PortraitError, match=r"qat\.npz: damaged or of another network .* without --resume"):
        finetune(model, deployed, RECIPE, SOURCE, validation(), tmp_path, resume=True)


def test_sensitivity_finds_the_layer_that_was_made_fragile(tmp_path):
    deployed, ranges, _ = start()
    # A channel that is always zero gets giant weights in the head: harmless in float, but the steps of that kernel
    # become so coarse that all other weights round to zero.
    stem, head = deployed.get_layer("stem_conv"), deployed.get_layer("mask")
    kernel, *bias = stem.get_weights()
    kernel[..., 0] = 0
    stem.set_weights([kernel, *bias])
    kernel, *bias = head.get_weights()
    kernel[:, :, 0] = 1000 * np.abs(kernel).max()
    head.set_weights([kernel, *bias])
    photos = np.stack([SOURCE[i][0] for i in range(8)])
    masks = [SOURCE[i][1] for i in range(8)]
    ranges = calibrate(deployed, [photo[None].astype("float32") for photo in photos])
    kept = deployed.get_weights()
    rows = sensitivity(deployed, ranges, photos, masks, progress=False)
    assert {row["layer"] for row in rows} == {"normalize", "stem_conv", "decoder_up", "mask"}
    assert max(rows, key=lambda row: row["changed"])["layer"] == "mask"
    for ours, theirs in zip(kept, deployed.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert format_table(rows, 1).count("\n") == 2
    draw_chart(tmp_path / "chart.png", rows)
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
