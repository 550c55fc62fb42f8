"""tools/ship_weights.py: one call makes all files of a shipped model, or none."""

import argparse
import zipfile

import numpy as np
import pytest

import tf_portrait as tp
from tests.exporting.graph.test_deploy import trained
from tests.tiny import tiny
from tf_portrait.models import NETWORKS
from tf_portrait.models.archive import load_model, read_card, save_model
from tools import ship_weights

CARD = {"network": "tiny", "options": {"size": 64}, "size": 64, "fit": "stretch", "threshold": 0.5}


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    monkeypatch.setattr(ship_weights, "WEIGHTS", tmp_path / "weights")
    return tmp_path / "weights"


def ship(model, portraits):
    return ship_weights.main(
        argparse.Namespace(
            model=model, name="new", data=[portraits], val=portraits, qat_epochs=0, logit_scale=1.0, format="int8"
        )
    )


def test_both_files_come_from_one_call(weights, portraits, tmp_path):
    network = tiny(64)
    head = network.get_layer("mask")  # sure of everything, so that int8 keeps all labels
    head.set_weights([0.01 * head.get_weights()[0], np.array([-4.0, 4.0])])
    save_model(tmp_path / "net.keras", network, CARD)
    assert ship(tmp_path / "net.keras", portraits) == 0
    shipped, card = load_model(weights / "new.keras")
    for weight in shipped.get_weights():
        np.testing.assert_array_equal(weight, weight.astype("float16").astype("float32"))
    with zipfile.ZipFile(weights / "new.keras") as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    segmenter = tp.Segmenter(weights / "new.tflite")
    assert (
        segmenter.card["weights_sha256"] == card["weights_sha256"] == read_card(weights / "new.keras")["weights_sha256"]
    )


@pytest.mark.slow
def test_a_missed_gate_ships_nothing(weights, portraits, tmp_path):
    card = {**CARD, "network": "portraitnet", "options": {"size": 64, "width": 0.25}}
    save_model(tmp_path / "net.keras", trained(), card)  # random weights: int8 flips the labels near 0.5
    assert ship(tmp_path / "net.keras", portraits) == 1
    assert not weights.exists()
