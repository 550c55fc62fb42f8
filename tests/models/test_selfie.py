import keras
import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.counting import count, totals
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.models.normalize import normalize


def random_selfie(size, seed=0):
    """A network whose answers differ from pixel to pixel."""
    keras.utils.set_random_seed(seed)
    network = tp.build("selfie", size=size)
    rng = np.random.default_rng(seed)
    network.set_weights([w + rng.normal(0, 0.1, w.shape) for w in network.get_weights()])
    return network


def test_it_has_the_parameters_of_the_file_and_gives_log_odds_at_full_size():
    network = tp.build("selfie")
    assert network.count_params() == 106_401  # of the constants in selfie_segmentation.tflite
    assert network.output["mask"].shape == (None, 256, 256, 1)
    assert totals(count(network))["trainable"] == 106_401


def test_any_multiple_of_16_fits_and_nothing_else():
    assert tp.build("selfie", size=160).output["mask"].shape == (None, 160, 160, 1)
    assert tp.build("selfie", size=None).output["mask"].shape == (None, None, None, 1)
    for size in (100, 16, "256"):
        with pytest.raises(PortraitError, match="does not fit its stride of 16"):
            tp.build("selfie", size=size)


def test_the_deployed_network_has_no_normalization_left_and_the_same_answers():
    network = random_selfie(64)
    deployed = deploy(network)
    assert not any(isinstance(layer, keras.layers.Rescaling) for layer in deployed.layers)
    assert "normalize" not in [layer.name for layer in deployed.layers]
    rgb = np.random.default_rng(2).integers(0, 256, (1, 64, 64, 3)).astype(np.float32)
    expected = keras.ops.sigmoid(network(normalize(rgb))["mask"])
    answer = keras.ops.convert_to_numpy(deployed(rgb))
    assert answer.std() > 0.01
    np.testing.assert_allclose(answer, keras.ops.convert_to_numpy(expected), atol=1e-5)
