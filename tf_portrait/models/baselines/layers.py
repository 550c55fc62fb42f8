"""Layers that Keras lacks and the baselines need; exporting/graph/lowering.py says what phones compute instead."""

import keras
import numpy as np
from keras import layers, ops


def _static(x, axis):
    """The size of an axis: a number where it is known, else a tensor."""
    return x.shape[axis] if x.shape[axis] is not None else ops.shape(x)[axis]


def _aligned(new, old):
    """(new, old): what each old sample weighs in each new one, first on first and last on last."""
    if isinstance(new, int) and isinstance(old, int):
        distance = np.arange(new)[:, None] * (old - 1) / max(new - 1, 1) - np.arange(old)
        return np.maximum(0, 1 - np.abs(distance)).astype("float32")
    step = ops.cast(old - 1, "float32") / ops.cast(ops.maximum(new - 1, 1), "float32")
    distance = ops.arange(new, dtype="float32")[:, None] * step - ops.arange(old, dtype="float32")
    return ops.maximum(0.0, 1.0 - ops.abs(distance))


@keras.saving.register_keras_serializable("tf_portrait")
class AlignedResize(layers.Layer):
    """Bilinear resizing with aligned corners, by a factor or to a size (height, width)."""

    def __init__(self, factor=None, size=None, **options):
        super().__init__(**options)
        self.factor, self.size = factor, size and tuple(size)

    def _new(self, old, axis):
        if self.size:
            return self.size[axis]
        if isinstance(old, int):
            return int(old * self.factor)
        return old * self.factor if self.factor >= 1 else old // round(1 / self.factor)

    def call(self, x):
        rows, columns = (_aligned(self._new(old, axis), old) for axis, old in enumerate((_static(x, 1), _static(x, 2))))
        rows, columns = (ops.cast(ops.convert_to_tensor(matrix), x.dtype) for matrix in (rows, columns))
        return ops.einsum("ih,bhwc,jw->bijc", rows, x, columns)

    def compute_output_shape(self, shape):
        sides = (None if old is None and not self.size else self._new(old, axis) for axis, old in enumerate(shape[1:3]))
        return (shape[0], *sides, shape[3])

    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "size": self.size}


@keras.saving.register_keras_serializable("tf_portrait")
class AdaptivePooling(layers.Layer):
    """Means of `size` windows that cover the map, uneven ones overlapping: floor(i n / m) to ceil((i + 1) n / m)."""

    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = tuple(size)

    def build(self, shape):
        self.matrices = [self._windows(old, new) for old, new in zip(shape[1:3], self.size, strict=True)]

    @staticmethod
    def _windows(old, new):
        matrix = np.zeros((new, old), "float32")
        for row in range(new):
            first, last = row * old // new, -(-(row + 1) * old // new)
            matrix[row, first:last] = 1 / (last - first)
        return matrix

    def call(self, x):
        rows, columns = (ops.cast(ops.convert_to_tensor(matrix), x.dtype) for matrix in self.matrices)
        return ops.einsum("ih,bhwc,jw->bijc", rows, x, columns)

    def compute_output_shape(self, shape):
        return (shape[0], *self.size, shape[3])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("tf_portrait")
class GroupedConv2D(layers.Layer):
    """Convolution in groups without bias, "same" at a stride of 1, as whichever of two dense forms multiplies less.

    Not Conv2D(groups=..), which becomes a function call on a CPU that Core ML's converter refuses. One form is a kernel
    with zeros between the groups; the other filters each channel depthwise for every output of its group and sums.
    """

    def __init__(self, filters, kernel_size, groups, strides=1, dilation_rate=1, **options):
        super().__init__(**options)
        self.filters, self.kernel_size, self.groups = filters, kernel_size, groups
        self.strides, self.dilation_rate = strides, dilation_rate

    def build(self, shape):
        size, channels = self.kernel_size, shape[-1]
        self.channels, self.multiplier = channels, self.filters // self.groups
        self.kernel = self.add_weight(
            (size, size, channels // self.groups, self.filters), initializer="he_normal", name="kernel"
        )
        self.depthwise = size**2 * self.multiplier + self.multiplier * self.filters < size**2 * self.filters

    def _own(self):
        """(C, filters): one where a channel and a filter are of one group."""
        channel = np.arange(self.channels) // (self.channels // self.groups)
        return (channel[:, None] == np.arange(self.filters) // self.multiplier).astype("float32")

    def dense_kernel(self):
        """(k, k, C, filters), zeros between the groups."""
        return ops.tile(self.kernel, (1, 1, self.groups, 1)) * self._own()

    def depthwise_kernels(self):
        """(k, k, C, filters / groups), and (1, 1, C filters / groups, filters) that sums what it gives."""
        size, m = self.kernel_size, self.multiplier
        kernel = ops.reshape(self.kernel, (size, size, self.channels // self.groups, self.groups, m))
        kernel = ops.reshape(ops.swapaxes(kernel, 2, 3), (size, size, self.channels, m))
        each = np.arange(self.channels * m) % m  # of a channel's results
        total = np.repeat(self._own(), m, axis=0) * (each[:, None] == np.arange(self.filters) % m)
        return kernel, total.astype("float32")[None, None]

    def call(self, x):
        options = {"strides": self.strides, "dilation_rate": self.dilation_rate, "padding": "same"}
        if self.strides > 1:
            options["padding"] = "valid"
        if not self.depthwise:
            return ops.conv(x, ops.cast(self.dense_kernel(), x.dtype), **options)
        kernel, total = self.depthwise_kernels()
        x = ops.depthwise_conv(x, ops.cast(kernel, x.dtype), **options)
        return ops.conv(x, ops.cast(ops.convert_to_tensor(total), x.dtype))

    def get_config(self):
        names = ("filters", "kernel_size", "groups", "strides", "dilation_rate")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tf_portrait")
class PaddedMaxPooling(layers.Layer):
    """Largest value of 3x3 windows, stride 2, one pixel of padding that never wins, as PyTorch pads.

    The mirrored pixel is in the window anyway, so that no -infinity has to be quantized.
    """

    def call(self, x):
        x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
        return ops.max_pool(x, 3, 2, "valid")


@keras.saving.register_keras_serializable("tf_portrait")
class PadChannels(layers.Layer):
    """Zero channels behind the others, up to `filters`."""

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.filters = filters

    def call(self, x):
        return ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, self.filters - x.shape[-1])))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable("tf_portrait")
class MaxUnpooling(layers.Layer):
    """Puts values back where the largest of each window were, zeros elsewhere; of [values, what had been pooled].

    pooling: 2, windows side by side, or 3, the overlapping ones of PaddedMaxPooling. As in PyTorch, the first of equal
    values in a window has its place, and of two windows that name one place the last.
    """

    def __init__(self, pooling=2, **options):
        super().__init__(**options)
        self.pooling = pooling

    def call(self, inputs):
        values, x = inputs
        first = first_of_windows(x, self.pooling)
        if self.pooling == 2:
            places = [[ops.where(first[row, column], values, 0.0) for column in (0, 1)] for row in (0, 1)]
        else:
            places = [[_last(values, first, row, column) for column in (0, 1)] for row in (0, 1)]
        rows = [_interleave(*row, axis=2) for row in places]
        return _interleave(*rows, axis=1)

    def compute_output_shape(self, shapes):
        (batch, height, width, channels), _ = shapes
        return (batch, height and 2 * height, width and 2 * width, channels)

    def get_config(self):
        return {**super().get_config(), "pooling": self.pooling}


def first_of_windows(x, size):
    """{(row, column) in the window: whether the window has its largest value there and not earlier}."""
    if size == 3:
        # -infinity, unlike the mirrored pixel, is never the first of the largest.
        x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    largest = ops.max_pool(x, size, 2, "valid")
    height, width = (_static(largest, axis) for axis in (1, 2))
    taken, first = None, {}
    for row in range(size):
        for column in range(size):
            here = x[:, row : row + 2 * height - 1 : 2, column : column + 2 * width - 1 : 2]
            equal = ops.equal(here, largest)
            first[row, column] = equal if taken is None else ops.logical_and(equal, ops.logical_not(taken))
            taken = equal if taken is None else ops.logical_or(taken, equal)
    return first


def _last(values, first, odd_row, odd_column):
    """What stands at pixels (2 i + odd_row, 2 j + odd_column): of the windows around one, in raster order, the last."""
    result = ops.zeros_like(values)
    for down in range(odd_row + 1):
        for right in range(odd_column + 1):
            place = (1 + odd_row - 2 * down, 1 + odd_column - 2 * right)
            hit, value = (_shift(y, down, right) for y in (first[place], values))
            result = ops.where(hit, value, result)
    return result


def _shift(x, down, right):
    """The map one pixel up or left, zeros or False at its end."""
    return ops.pad(x, ((0, 0), (0, down), (0, right), (0, 0)))[:, down:, right:]


def _interleave(even, odd, axis):
    shape = [-1, _static(even, 1), _static(even, 2), even.shape[3]]
    shape[axis] = 2 * shape[axis]
    return ops.reshape(ops.stack([even, odd], axis + 1), shape)


@keras.saving.register_keras_serializable("tf_portrait")
class Spread(layers.Layer):
    """[mean (B, 1, 1, C), map]: the mean at every pixel of the map."""

    def call(self, inputs):
        mean, x = inputs
        return mean + ops.zeros_like(x[..., :1])

    def compute_output_shape(self, shapes):
        return (*shapes[1][:3], shapes[0][3])


@keras.saving.register_keras_serializable("tf_portrait")
class HardSwish(layers.Layer):
    """x relu6(x + 3) / 6."""

    def call(self, x):
        return x * ops.relu6(x + 3.0) / 6.0


@keras.saving.register_keras_serializable("tf_portrait")
class PortraitPrior(layers.Layer):
    """Three channels behind the image: x and y from the middle in image widths, and where a portrait usually is.

    The mean mask is drawn, an ellipse of a head over one of shoulders with soft edges: theirs, of 1800 photos, is not
    published as a file that could be used here.
    """

    def call(self, image):
        _, height, width, _ = image.shape
        y, x = np.meshgrid(np.arange(height) / height - 0.5, np.arange(width) / width - 0.5, indexing="ij")
        head = np.hypot(x / 0.2, (y + 0.08) / 0.28)
        shoulders = np.hypot(x / 0.46, (y - 0.6) / 0.4)
        mask = 1 / (1 + np.exp(np.clip((np.minimum(head, shoulders) - 1) / 0.1, -30, 30)))
        extra = ops.convert_to_tensor(np.stack([x, y, mask], -1)[None], image.dtype)
        return ops.concatenate([image, ops.zeros_like(image) + extra], -1)

    def compute_output_shape(self, shape):
        return (*shape[:3], shape[3] + 3)
