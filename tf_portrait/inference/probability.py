"""From RGB batches to the probability of a person, as one compiled model."""

import keras
from keras import ops

from tf_portrait.backend import jit_compile
from tf_portrait.errors import PortraitError
from tf_portrait.losses.pixel import margin
from tf_portrait.models.normalize import normalize


def probability_model(network, size):
    """RGB (B, size, size, 3), 0..255 -> probability (B, size, size); shares the network's weights.

    network: normalized BGR -> {"mask": logits (B, H, W, 2), ..}. One with a prior takes the previous mask as a fourth
    channel, 0..255. Raises PortraitError for a network that wants something else.
    """
    channels = network.input_shape[-1]
    if channels not in (3, 4):
        raise PortraitError(f"{network.name}: takes {channels} channels; a photo has 3, with the previous mask 4")
    rgb = keras.Input((size, size, channels), name="rgb")
    outputs = network(normalize(rgb), training=False)
    model = keras.Model(rgb, ops.sigmoid(margin(outputs["mask"])), name="probability")
    model.jit_compile = jit_compile()
    return model


def predict_heads(network, photos):
    """Probabilities (B, S, S) of person and, where it has that head, of boundary for photos (B, S, S, C) uint8."""
    outputs = network(normalize(photos), training=False)
    heads = [
        ops.convert_to_numpy(ops.sigmoid(margin(outputs[head]))) for head in ("mask", "boundary") if head in outputs
    ]
    times = photos.shape[1] // heads[0].shape[1]  # a network's first stage answers in small
    return [head.repeat(times, 1).repeat(times, 2) for head in heads]


class KerasModel:
    """A Keras network as a Runtime (inference/runtime.py). Threads may share it."""

    invoke = None  # its time on a desktop says nothing about a phone

    def __init__(self, network, size):
        self.network, self.shape, self.channels = network, (size, size), network.input_shape[-1]
        self._model = probability_model(network, size)
        self._model.make_predict_function()  # once, before threads ask for it at the same time

    def probability(self, rgb):
        """(size, size, channels) uint8 -> (size, size) float32."""
        return self._model.predict_on_batch(rgb[None])[0]

    def heads(self, rgb):
        """The probability, and the boundary's where the network has that head."""
        return [head[0] for head in predict_heads(self.network, rgb[None])]
