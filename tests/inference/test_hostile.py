"""Damaged and hostile model files: each a sentence with the file, or a mask of numbers; seeded, to be repeated."""

import json
import math
import os
import pickle
import time
import zipfile

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tests.conftest import ROOT
from tests.tiny import tiny
from tf_portrait.exporting.tflite.metadata import add_card
from tf_portrait.exporting.tflite.preflight import preflight
from tf_portrait.models import NETWORKS
from tf_portrait.models.archive import load_model, save_model

CARD = {"network": "tiny", "options": {"size": 32}, "size": 32, "fit": "stretch", "threshold": 0.5}
PHOTO = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype("uint8")
TFLITE = (ROOT / "vectors" / "model" / "tiny_int8.tflite").read_bytes()
# Of damaged(TFLITE, seed), on x86: the interpreter dies of SIGSEGV.
CRASHES = (86, 108)


def damaged(content, seed):
    """Bytes overwritten, the end cut off, or one number of four bytes changed."""
    rng, data = np.random.default_rng(seed), bytearray(content)
    if seed % 3 == 0:
        for _ in range(rng.integers(1, 9)):
            data[rng.integers(8, len(data))] = rng.integers(256)
    elif seed % 3 == 1:
        data = data[: rng.integers(8, len(data))]
    else:
        place = rng.integers(8, len(data) - 8)
        data[place : place + 4] = rng.integers(0, 256, 4, dtype="uint8").tobytes()
    return bytes(data)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A .keras file of a network that is built in no time."""
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    save_model(tmp_path / "net.keras", tiny(32), CARD)
    return tmp_path / "net.keras"


def rewrite(path, entries):
    """Rewrites a .keras file, some entries replaced (None: left out)."""
    with zipfile.ZipFile(path) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**old, **entries}.items():
            if data is not None:
                archive.writestr(name, data)


def card_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("portrait.json"))


STRANGE = (None, True, -1, 0, 1e9, math.nan, math.inf, "", "x" * 5000, "../../x", [], [1], {}, {"a": 1})
HOSTILE = [
    *((field, value) for field in ("network", "size", "version", "weights_sha256") for value in STRANGE),
    *(("options", value) for value in (None, 3, "size", [["size", 32]])),
    *(("threshold", value) for value in STRANGE),
    *(("fit", value) for value in (*STRANGE, "crop")),
    *(("options", {"size": value}) for value in (*STRANGE[1:], 1_000_000, 64, 0.5)),
    *(("options", {"channels": value}) for value in (0, -8, 4097, 1e300, "8", [8])),
    ("options", {"__class__": "os.system"}),
    ("options", {str(index): 1 for index in range(500)}),
]


def test_a_card_is_checked_field_by_field(saved):
    good, started = card_of(saved), time.monotonic()
    for field, value in HOSTILE:
        rewrite(saved, {"portrait.json": json.dumps({**good, field: value})})
        try:
            load_model(saved)
        except tp.PortraitError as error:
            assert str(error).startswith(str(saved)) and len(str(error)) < 600, (field, value)
        else:
            pytest.fail(f"{field}={value!r} was accepted")
    assert time.monotonic() - started < 60  # none of them makes a giant
    rewrite(saved, {"portrait.json": json.dumps(good)})
    assert load_model(saved)[1] == good


@pytest.mark.parametrize("field", ["network", "options", "size", "fit", "weights_sha256", "version"])
def test_a_card_without_a_field_is_refused(saved, field):
    card = card_of(saved)
    del card[field]
    rewrite(saved, {"portrait.json": json.dumps(card)})
    with pytest.raises(tp.PortraitError, match=rf"net\.keras: .*{'' if field == 'version' else field}"):
        load_model(saved)


@pytest.mark.parametrize(
    "card", [b"", b"[1]", b"3", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"{}", b" " * 2_000_000]
)
def test_a_card_that_is_no_card(saved, card):
    rewrite(saved, {"portrait.json": card})
    with pytest.raises(tp.PortraitError, match=r"net\.keras: "):
        load_model(saved)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_weights_that_are_no_numbers_are_refused(saved, value):
    network = tiny(32)
    kernel, *rest = network.get_layer("stem_conv").get_weights()
    kernel[0, 0, 0, 0] = value
    network.get_layer("stem_conv").set_weights([kernel, *rest])
    save_model(saved, network, CARD)
    with pytest.raises(tp.PortraitError, match=r"net\.keras: its weights hold NaN or infinity"):
        load_model(saved)


def test_a_bomb_is_not_unpacked(saved):
    rewrite(saved, {})
    with zipfile.ZipFile(saved, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.bin", bytes(60_000_000))
    with pytest.raises(tp.PortraitError, match=r"net\.keras: unpacks to more than its network has room for"):
        load_model(saved)


class Code:
    """A pickle that leaves a trace, a folder, when it is loaded."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (self.trace,)


def test_nothing_in_a_file_is_run(saved, tmp_path):
    trace = tmp_path / "trace"
    code = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: os.mkdir(x))])
    with zipfile.ZipFile(saved) as archive:
        config = json.loads(archive.read("config.json"))
    config["config"]["layers"].append(code.layers[-1].get_config())
    rewrite(saved, {"config.json": json.dumps(config), "../trace": b"x", "data.pkl": pickle.dumps(Code(str(trace)))})
    load_model(saved)  # the network is built by name; the file's own configuration is not looked at
    assert not trace.exists() and not (tmp_path.parent / "trace").exists()


def test_damaged_keras_files(saved):
    content, refused = saved.read_bytes(), 0
    weights = load_model(saved)[0].get_weights()
    for seed in range(200):
        saved.write_bytes(damaged(content, seed))
        try:
            found = load_model(saved)[0].get_weights()
        except tp.PortraitError as error:
            assert str(error).startswith(str(saved)), error
            refused += 1
        else:  # damage beside the weights and the card changes nothing
            assert all(np.array_equal(ours, theirs) for ours, theirs in zip(found, weights, strict=True))
    assert refused > 100


def test_damage_to_our_tflite_files_is_seen_by_their_hash(tmp_path):
    path, content = tmp_path / "net.tflite", add_card(TFLITE, {**CARD, "fit": "letterbox", "weights_sha256": "0" * 64})
    path.write_bytes(content)
    assert tp.Segmenter(path).fit == "letterbox"
    for seed in range(300):
        changed = damaged(content, seed)
        if changed == content:
            continue
        path.write_bytes(changed)
        try:
            card = tp.Segmenter(path).card
        except tp.PortraitError as error:
            assert str(error).startswith(str(path)), error
        else:  # the hash holds, so only what a zip says of dates and the like was touched
            assert card["fit"] == "letterbox" and changed[: len(TFLITE)] == TFLITE


@pytest.mark.parametrize("seed", [*CRASHES, *range(12)])
def test_damage_to_someones_tflite_file_is_a_sentence_or_a_mask(tmp_path, seed):
    path = tmp_path / "peer.tflite"
    path.write_bytes(damaged(TFLITE, seed))
    try:
        alpha = tp.Segmenter(path, input_range="0,255", output="person")(PHOTO)
    except tp.PortraitError as error:
        assert str(error).startswith(str(path)), error
    else:
        assert alpha.shape == (32, 32) and alpha.min() >= 0 and alpha.max() <= 1


@pytest.mark.parametrize("seed", [*CRASHES, *range(8)])
def test_preflight_of_damaged_files_is_a_sentence_or_facts(tmp_path, seed):
    path = tmp_path / "peer.tflite"
    path.write_bytes(damaged(TFLITE, seed))
    try:
        assert preflight(path, runs=1)["bytes"] == path.stat().st_size
    except tp.PortraitError as error:
        assert str(error).startswith(str(path)), error


def test_a_graph_that_cannot_be_read_is_a_sentence(tmp_path, monkeypatch):
    from tf_portrait.exporting.tflite import preflight as module

    def stumble(content):
        raise IndexError("list index out of range")

    path = tmp_path / "peer.tflite"
    path.write_bytes(TFLITE)
    monkeypatch.setattr(module.flatbuffer_utils, "read_model_from_bytearray", stumble)
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: damaged, its graph cannot be read"):
        preflight(path)
