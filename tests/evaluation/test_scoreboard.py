import json

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tests.models.test_baselines import ALONE
from tests.tiny import tiny
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.evaluation.scoreboard import METRICS, PRINTED, _kind, draw_scoreboard, format_scoreboard, scoreboard
from tf_portrait.exporting.formats import write_tflite
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float
from tf_portrait.inference.pictures import write_png
from tf_portrait.models import NETWORKS, baselines
from tf_portrait.models.archive import save_model
from tf_portrait.models.card import VERSION


@pytest.fixture
def photos(tmp_path):
    drawn = SyntheticPortraits(2, 64)
    for index in range(2):
        photo, mask = drawn[index]
        (tmp_path / "photos" / "images").mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / "masks").mkdir(exist_ok=True)
        write_png(tmp_path / "photos" / "images" / f"{index}.png", photo)
        write_png(tmp_path / "photos" / "masks" / f"{index}.png", np.repeat(mask[..., None], 3, 2))
    return list_pairs(tmp_path / "photos").pairs


def test_every_network_is_printed_somewhere():
    assert {*NETWORKS, *baselines.MODULES} - set(PRINTED) == {"selfie", *ALONE}  # of no portrait paper
    assert set(PRINTED) <= {*NETWORKS, *baselines.MODULES, *baselines.VARIANTS}


def test_untrained_networks_are_counted_and_timed_and_trained_ones_scored(photos, tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    path = tmp_path / "tiny.keras"
    save_model(path, tiny(32), {"network": "tiny", "options": {}, "size": 32, "fit": "stretch", "threshold": 0.5})
    rows = scoreboard(["sinet", str(path)], size=64, pairs=photos, progress=False)
    sinet, trained = rows
    assert sinet["parameters"] == 86_910 and sinet["size"] == 64 and sinet["int8_ms"] > 0
    assert all(sinet[metric] is None for metric in METRICS)
    assert trained["size"] == 32 and all(0 <= trained[metric] <= 1 for metric in METRICS)
    lines = format_scoreboard(rows).splitlines()
    assert len({line.count("|") for line in lines}) == 1 and "0.087 M" in lines[2] and "94.81 %" in lines[2]
    assert json.loads(json.dumps(rows)) == rows
    assert draw_scoreboard(tmp_path / "plot.png", rows) and not draw_scoreboard(tmp_path / "none.png", [sinet])
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def three_classes(size=32):
    image = keras.Input((size, size, 3), name="image")
    return keras.Model(image, {"mask": keras.layers.Conv2D(3, 3, padding="same", name="mask")(image)}, name="three")


def test_files_are_rows_and_what_phones_cannot_have_says_why(photos, tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, "three", three_classes)
    card = {
        "network": "tiny",
        "options": {},
        "size": 32,
        "fit": "stretch",
        "threshold": 0.5,
        "weights_sha256": 64 * "0",
    }
    write_tflite(tmp_path / "tiny.tflite", convert_float(deploy(tiny(32))), {**card, "version": VERSION})
    rows = scoreboard(["three", str(tmp_path / "tiny.tflite")], size=32, pairs=photos, progress=False)
    three, file = rows
    assert three["macs"] == 32 * 32 * 9 * 3 * 3 and three["float_ms"] is three["int8_ms"] is None
    assert file["parameters"] is None and file["float_ms"] > 0 and 0 <= file["iou"] <= 1 and file["size"] == 32
    text = format_scoreboard(rows)
    assert "three is not all files for phones: three: mask has 3 classes; 1 or 2 are exported" in text
    assert draw_scoreboard(tmp_path / "plot.png", rows)


def test_flops_are_printed_by_the_rules_of_the_papers(monkeypatch):
    monkeypatch.setattr("tf_portrait.evaluation.scoreboard.deploy", refuse)  # what costs time here is not counting
    (row,) = scoreboard(["mobilenetv3"])
    assert row["flops"]["sinet"] == pytest.approx(0.066e9, rel=0.01)
    assert "0.458 M (0.458 M)" in format_scoreboard([row]) and ", 0.066 G (0.066 G at 224)" in format_scoreboard([row])


def refuse(network):
    raise tp.PortraitError("not today")


@pytest.mark.parametrize(
    ("network", "options", "kind"),
    [
        ("espnet", {}, "espnet"),
        ("espnet", {"separable": True, "width": 0.5}, "ds_espnet_half"),
        ("espnetv2", {"width": 1.5}, "espnetv2_15"),
        ("enet", {}, "enet"),
        ("contextnet", {"context": 4}, "contextnet14"),
        ("sinet", {"decoder": "none"}, "sinet"),
    ],
)
def test_a_trained_variant_stands_beside_its_own_figures(network, options, kind):
    assert _kind(network, {"size": 224, **options}) == kind


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(
        tp.PortraitError, match=r"vnet: no such model; .* or an untrained network: portraitnet, selfie, sinet"
    ):
        scoreboard(["vnet"])
