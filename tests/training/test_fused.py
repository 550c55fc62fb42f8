import keras
import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.fused import FusedBatchNormalization, with_fused_batch_norm
from tf_portrait.training.two_view import TwoView

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a kernel of TensorFlow")


def test_the_layer_is_keras_own_in_numbers():
    x = np.random.default_rng(0).normal(3, 2, (4, 5, 6, 3)).astype("float32")
    ours, keras_own = FusedBatchNormalization(momentum=0.7), keras.layers.BatchNormalization(momentum=0.7)
    for layer in (ours, keras_own):
        layer.build(x.shape)
        layer.set_weights(list(np.float32([[1.5, 0.5, 1], [0.1, 0, -1], [1, 2, 3], [4, 1, 2]])))
    np.testing.assert_allclose(ours(x, training=True), keras_own(x, training=True), atol=1e-5)
    for value, expected in zip(ours.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-5)
    np.testing.assert_allclose(ours(x, training=False), keras_own(x, training=False), atol=1e-5)


def test_a_training_step_moves_all_weights_alike():
    keras.utils.set_random_seed(0)
    network = tp.build("portraitnet", size=64, width=0.25)
    fused = with_fused_batch_norm(network)
    assert sum(isinstance(layer, FusedBatchNormalization) for layer in fused.layers) > 50
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 256, (2, 64, 64, 3)).astype("uint8")
    targets = {name: rng.integers(0, 2, (2, 64, 64)).astype("float32") for name in ("mask", "boundary")}
    before = [weight.copy() for weight in network.get_weights()]
    for model in (network, fused):
        trainer = TwoView(model, OBJECTIVES["full"])
        trainer.compile(optimizer=keras.optimizers.SGD(1e-3), jit_compile=False)
        trainer.train_on_batch({"image": photos, "view2": photos}, targets)
    assert any(np.abs(new - old).max() > 1e-4 for new, old in zip(network.get_weights(), before, strict=True))
    for ours, expected in zip(fused.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=1e-5)
