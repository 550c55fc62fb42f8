import errno
import os
import zipfile

import keras
import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.files import write_atomically
from tf_portrait.models.archive import at_size, load_model, read_card, save_model

CARD = {"network": "portraitnet", "options": {"size": 32, "width": 0.25}, "size": 32, "fit": "stretch"}
IMAGE = np.random.default_rng(0).normal(size=(1, 32, 32, 3)).astype("float32")


@pytest.fixture
def saved(tmp_path):
    model = tp.build("portraitnet", size=32, width=0.25)
    save_model(tmp_path / "best.keras", model, CARD)
    return model, tmp_path / "best.keras"


def test_a_model_comes_back_as_it_was(saved):
    model, path = saved
    loaded, card = load_model(path)
    np.testing.assert_array_equal(loaded(IMAGE)["mask"], model(IMAGE)["mask"])
    assert {key: card[key] for key in CARD} == CARD


def test_another_size_has_the_same_weights_and_its_own_card(saved):
    """A network that is convolutions alone: with pictures of that size it is the one that was saved."""
    network, card = load_model(saved[1])
    larger, changed = at_size(network, card, 64)
    assert larger.input_shape == (None, 64, 64, 3) and changed == {
        **card, "size": 64, "options": {"size": 64, "width": 0.25}
    }  # fmt: skip
    open_sized = tp.build("portraitnet", size=None, width=0.25)
    open_sized.set_weights(network.get_weights())
    pictures = np.random.default_rng(1).normal(size=(1, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(larger(pictures)["mask"], open_sized(pictures)["mask"], rtol=1e-4, atol=1e-4)
    assert at_size(network, card, None) == at_size(network, card, 32) == (network, card)


def test_a_size_that_a_network_cannot_take_is_refused_with_those_it_can(saved):
    with pytest.raises(tp.PortraitError, match="size=100 does not fit its stride of 32; use 224, 256, 512"):
        at_size(*load_model(saved[1]), 100)


def test_a_run_folder_stands_for_its_best_model(saved):
    assert load_model(saved[1].parent)[1]["network"] == "portraitnet"


def test_plain_keras_opens_the_file(saved):
    model, path = saved
    np.testing.assert_array_equal(keras.models.load_model(path)(IMAGE)["mask"], model(IMAGE)["mask"])


def rewrite(path, change):
    """Rewrites an archive entry by entry through change(name, data)."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            data = change(name, data)
            if data is not None:
                archive.writestr(name, data)


def test_changed_weights_are_a_hash_mismatch(saved, tmp_path):
    other = tp.build("portraitnet", size=32, width=0.25)
    save_model(tmp_path / "other.keras", other, CARD)
    with zipfile.ZipFile(tmp_path / "other.keras") as archive:
        foreign = archive.read("model.weights.h5")
    rewrite(saved[1], lambda name, data: foreign if name == "model.weights.h5" else data)
    with pytest.raises(tp.PortraitError, match="hash mismatch"):
        load_model(saved[1])


def test_a_flipped_byte_is_noticed(saved):
    data = bytearray(saved[1].read_bytes())
    data[len(data) // 2] ^= 0xFF
    saved[1].write_bytes(data)
    with pytest.raises(tp.PortraitError, match=r"damaged|hash mismatch"):
        load_model(saved[1])


def test_a_truncated_file_is_damaged(saved):
    saved[1].write_bytes(saved[1].read_bytes()[:1000])
    with pytest.raises(tp.PortraitError, match="damaged"):
        load_model(saved[1])


def test_a_file_of_another_version_is_refused(saved):
    rewrite(saved[1], lambda name, data: data.replace(b'"version": 1', b'"version": 9') if "portrait" in name else data)
    with pytest.raises(tp.PortraitError, match="file version 9, this package reads 1"):
        load_model(saved[1])


def test_someone_elses_keras_file_is_refused(saved):
    rewrite(saved[1], lambda name, data: None if name == "portrait.json" else data)
    with pytest.raises(tp.PortraitError, match="tf_portrait did not make"):
        read_card(saved[1])


def test_missing_model_is_named(tmp_path):
    with pytest.raises(tp.PortraitError, match=r"no\.keras: no such model"):
        load_model(tmp_path / "no.keras")


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def write(temporary):
        with open(temporary, "wb") as file:
            file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(tp.PortraitError, match=r"file\.bin: cannot be written \(No space left"):
        write_atomically(path, write)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["file.bin"]
