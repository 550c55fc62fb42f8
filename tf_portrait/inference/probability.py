"""From RGB batches to the probability of a person, as one compiled model."""

import keras
from keras import ops

from tf_portrait.backend import jit_compile
from tf_portrait.losses.pixel import margin
from tf_portrait.models.normalize import normalize


def probability_model(network, size):
    """RGB (B, size, size, 3), 0..255 -> probability (B, size, size); shares the network's weights.

    network: normalized BGR -> {"mask": logits (B, H, W, 2), ..}.
    """
    rgb = keras.Input((size, size, 3), name="rgb")
    outputs = network(normalize(rgb), training=False)
    model = keras.Model(rgb, ops.sigmoid(margin(outputs["mask"])), name="probability")
    model.jit_compile = jit_compile()
    return model
