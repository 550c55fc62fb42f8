import json

import numpy as np
import pytest

import tf_portrait as tp
from tests.tiny import tiny
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.evaluation.scoreboard import METRICS, PRINTED, draw_scoreboard, format_scoreboard, scoreboard
from tf_portrait.inference.pictures import write_png
from tf_portrait.models import NETWORKS, baselines
from tf_portrait.models.archive import save_model


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
    assert {*NETWORKS, *baselines.MODULES} - set(PRINTED) == {"selfie"}  # no paper describes it
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


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(
        tp.PortraitError, match=r"vnet: no such model; .* or an untrained network: portraitnet, selfie, sinet"
    ):
        scoreboard(["vnet"])
