"""The blocks that SINet is made of, and the layers that Keras lacks for them."""

import keras
import numpy as np
from keras import layers, ops

from tf_portrait.models.blocks import BN_MOMENTUM

EPSILON = 1e-3


class Blocks:
    """The paper's blocks, in the authors' flavor or ours; factorized: depthwise filters as a column beside a row."""

    def __init__(self, authors, factorized=False):
        self.authors, self.factorized = authors, factorized

    def conv(self, x, filters, kernel, name, stride=1):
        x, padding = self._pad(x, kernel, stride, name)
        return layers.Conv2D(
            filters, kernel, stride, padding, use_bias=False, kernel_initializer="he_normal", name=name
        )(x)

    def depthwise(self, x, kernel, name, stride=1):
        x, padding = self._pad(x, kernel, stride, name)
        return layers.DepthwiseConv2D(
            kernel, stride, padding, use_bias=False, depthwise_initializer="he_normal", name=name
        )(x)

    def bn(self, x, name):
        return layers.BatchNormalization(momentum=BN_MOMENTUM, epsilon=EPSILON, name=name)(x)

    def prelu(self, x, name):
        constraint = None if self.authors else AtMostOne()
        start = keras.initializers.Constant(0.25)
        return layers.PReLU(start, alpha_constraint=constraint, shared_axes=[1, 2], name=name)(x)

    def bn_prelu(self, x, name):
        return self.prelu(self.bn(x, f"{name}_bn"), f"{name}_prelu")

    def conv_bn(self, x, filters, kernel, name, stride=1):
        return self.bn_prelu(self.conv(x, filters, kernel, f"{name}_conv", stride), name)

    def up(self, x, name, factor=2):
        if self.authors:
            return AlignedUpsampling(factor, name=name)(x)
        return layers.UpSampling2D(factor, interpolation="bilinear", name=name)(x)

    def separable(self, x, filters, reduction, name):
        """DSConv+SE: depthwise by two, a gate for each channel (PReLU, no sigmoid, as in the code), 1x1, BN, PReLU."""
        x = self.depthwise(x, 3, f"{name}_depthwise", stride=2)
        channels = x.shape[-1]
        gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_pool")(x)
        if reduction > 1:
            gate = layers.Conv2D(channels // reduction, 1, name=f"{name}_squeeze")(gate)
            gate = self.prelu(gate, f"{name}_squeeze_prelu")
        gate = self.prelu(layers.Conv2D(channels, 1, name=f"{name}_gate")(gate), f"{name}_gate_prelu")
        x = self.conv(layers.Multiply(name=f"{name}_scale")([x, gate]), filters, 1, f"{name}_conv")
        return self.bn_prelu(x, name)

    def s2_module(self, x, filters, blocks, name):
        """1x1 in two groups, two S2-blocks, concatenation, residual."""
        y = GroupedPointwise(filters // 2, name=f"{name}_group")(x)
        if self.authors:
            y = Shuffle(name=f"{name}_shuffle")(y)
        y = [self.s2_block(y, *block, f"{name}_block{index}") for index, block in enumerate(blocks)]
        y = layers.Concatenate(name=f"{name}_concat")(y)
        if x.shape[-1] == filters:
            y = layers.Add(name=f"{name}_add")([x, y])
        return self.bn_prelu(y, name)

    def s2_block(self, x, kernel, pool, name):
        """Squeeze the map, filter depthwise, mix 1x1, and grow it back."""
        if pool > 1:
            x = layers.AveragePooling2D(pool, name=f"{name}_pool")(x)
        if self.factorized and pool > 0:  # a column beside a row
            sides = (("column", (kernel, 1)), ("row", (1, kernel)))
            x = [self.bn(self.depthwise(x, shape, f"{name}_{side}"), f"{name}_{side}_bn") for side, shape in sides]
            x = self.prelu(layers.Add(name=f"{name}_sum")(x), f"{name}_depthwise_prelu")
        else:
            x = self.bn_prelu(self.depthwise(x, kernel, f"{name}_depthwise"), f"{name}_depthwise")
        x = self.conv(x, x.shape[-1], 1, f"{name}_pointwise")
        if pool > 1:
            x = self.up(x, f"{name}_up", pool)
        return self.bn(x, f"{name}_bn")

    def _pad(self, x, kernel, stride, name):
        if stride > 1 and self.authors:
            return layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x), "valid"
        return x, "same"


@keras.saving.register_keras_serializable("tf_portrait")
class GroupedPointwise(layers.Layer):
    """1x1 convolution in two groups without bias, computed as a dense one with zeros between the groups.

    Not Conv2D(groups=2): on a CPU, Keras turns that into a function call that Core ML's converter refuses.
    """

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.filters = filters

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1] // 2, self.filters), initializer="he_normal", name="kernel")

    def dense_kernel(self):
        """(1, 1, C, filters)."""
        first = np.arange(self.filters) < self.filters // 2
        both = [self.kernel * first.astype("float32"), self.kernel * (~first).astype("float32")]
        return ops.concatenate(both, axis=0)[None, None]

    def call(self, x):
        return ops.conv(x, ops.cast(self.dense_kernel(), x.dtype))

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable("tf_portrait")
class AtMostOne(keras.constraints.Constraint):
    """Slopes of PReLU stay at 1 or below: then it is a sum of layers that int8 and phones are fast at."""

    def __call__(self, value):
        return ops.minimum(value, 1.0)


@keras.saving.register_keras_serializable("tf_portrait")
class Shuffle(layers.Layer):
    """Channels of the groups in turns: first of each, second of each, .."""

    def __init__(self, groups=2, **options):
        super().__init__(**options)
        self.groups = groups

    def call(self, x):
        _, height, width, channels = x.shape
        x = ops.reshape(x, (-1, height, width, self.groups, channels // self.groups))
        return ops.reshape(ops.swapaxes(x, 3, 4), (-1, height, width, channels))

    def get_config(self):
        return {**super().get_config(), "groups": self.groups}


@keras.saving.register_keras_serializable("tf_portrait")
class Blocking(layers.Layer):
    """1 - the largest class probability of logits (B, H, W, C), as (B, H, W, 1); the probability itself if reversed."""

    def __init__(self, reverse=False, **options):
        super().__init__(**options)
        self.reverse = reverse

    def call(self, logits):
        confidence = ops.max(ops.softmax(logits), axis=-1, keepdims=True)
        return confidence if self.reverse else 1.0 - confidence

    def get_config(self):
        return {**super().get_config(), "reverse": self.reverse}


@keras.saving.register_keras_serializable("tf_portrait")
class AlignedUpsampling(layers.Layer):
    """Bilinear upsampling with aligned corners, as the authors' PyTorch version did it."""

    def __init__(self, factor, **options):
        super().__init__(**options)
        self.factor = factor

    def build(self, shape):
        self.matrices = [_aligned(size, size * self.factor) for size in shape[1:3]]

    def call(self, x):
        rows, columns = (ops.convert_to_tensor(matrix) for matrix in self.matrices)
        return ops.einsum("ih,bhwc,jw->bijc", rows, x, columns)

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def _aligned(size, new_size):
    """(new_size, size): weights of the old samples in each new one, first on first and last on last."""
    points = np.arange(new_size) * (size - 1) / max(new_size - 1, 1)
    distance = np.abs(points[:, None] - np.arange(size))
    return np.maximum(0, 1 - distance).astype("float32")
