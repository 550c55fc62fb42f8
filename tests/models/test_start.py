"""What --init takes from a model file of this package."""

import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.errors import PortraitError
from tf_portrait.models.archive import save_model
from tf_portrait.models.start import start_weights


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A trained-like PortraitNet of width 0.25 and its file."""
    network = tp.build("portraitnet", size=64, width=0.25)
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(size=weight.shape) for weight in network.weights])
    path = tmp_path_factory.mktemp("start") / "best.keras"
    card = {"network": "portraitnet", "options": {"size": 64, "width": 0.25}, "size": 64, "fit": "stretch"}
    save_model(path, network, {**card, "threshold": 0.5})
    return network, path


def test_the_same_network_takes_all(saved):
    network, path = saved
    other = tp.build("portraitnet", size=96, width=0.25)
    start_weights(other, str(path))
    for ours, theirs in zip(other.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_other_heads_take_the_rest_and_are_named(saved, capsys):
    network, path = saved
    other = tp.build("portraitnet", size=64, width=0.25, head_stride=2)
    start_weights(other, str(path))
    assert "does not have boundary_classifier, mask_classifier: these start anew" in capsys.readouterr().out
    for layer in other.layers:
        if layer.weights and not layer.name.endswith("classifier"):
            for ours, theirs in zip(layer.get_weights(), network.get_layer(layer.name).get_weights(), strict=True):
                np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("name", "options"), [("portraitnet", {"width": 0.5}), ("bisenet", {})])
def test_another_width_or_network_is_refused_and_nothing_changed(saved, name, options):
    other = tp.build(name, size=64, **options)
    before = other.get_weights()
    with pytest.raises(PortraitError, match=r"its network is portraitnet with .*, another architecture"):
        start_weights(other, str(saved[1]))
    for ours, theirs in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("name", "options"), [("portraitnet", {"width": 0.25}), ("selfie", {})])
def test_a_network_without_a_prior_starts_one_with_it_as_it_is(tmp_path, name, options):
    """Whatever the previous mask is: the fourth channel of the first convolution starts at zero."""
    options = {"size": 64, **options}
    plain, with_prior = (tp.build(name, prior=prior, **options) for prior in (False, True))
    card = {"network": name, "options": options, "size": 64, "fit": "stretch", "threshold": 0.5}
    save_model(tmp_path / "plain.keras", plain, card)
    start_weights(with_prior, str(tmp_path / "plain.keras"))
    x = np.random.default_rng(0).normal(0, 1, (2, 64, 64, 4)).astype("float32")
    for head, expected in plain.predict_on_batch(x[..., :3]).items():
        np.testing.assert_array_equal(with_prior.predict_on_batch(x)[head], expected)


def test_a_prior_does_not_make_up_for_another_width(saved):
    other = tp.build("portraitnet", size=64, width=0.5, prior=True)
    with pytest.raises(tp.PortraitError, match="another architecture"):
        start_weights(other, str(saved[1]))
