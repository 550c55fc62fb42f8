"""The reference interpreter's arithmetic against loops in plain NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from tf_portrait.exporting.coreml import ops

RNG = np.random.default_rng(0)


def plain_conv(x, weight, strides, dilations, groups):
    count, _, height, width = x.shape
    filters, per_group, kernel_height, kernel_width = weight.shape
    rows = (height - (kernel_height - 1) * dilations[0] - 1) // strides[0] + 1
    columns = (width - (kernel_width - 1) * dilations[1] - 1) // strides[1] + 1
    out = np.zeros((count, filters, rows, columns))
    for o in range(filters):
        first = o // (filters // groups) * per_group
        for i in range(rows):
            for j in range(columns):
                for u in range(kernel_height):
                    for v in range(kernel_width):
                        row, column = i * strides[0] + u * dilations[0], j * strides[1] + v * dilations[1]
                        out[:, o, i, j] += x[:, first : first + per_group, row, column] @ weight[o, :, u, v]
    return out


@pytest.mark.parametrize(
    ("groups", "filters", "strides", "dilations"),
    [
        (1, 5, (1, 1), (1, 1)),
        (1, 3, (2, 2), (1, 1)),
        (4, 4, (1, 1), (1, 1)),
        (4, 4, (2, 2), (1, 1)),
        (2, 6, (1, 1), (2, 2)),
    ],
)
def test_convolution(groups, filters, strides, dilations):
    x = RNG.normal(size=(1, 4, 9, 8)).astype("float32")
    weight = RNG.normal(size=(filters, 4 // groups, 3, 3)).astype("float32")
    bias = RNG.normal(size=filters).astype("float32")
    padded = np.pad(x, ((0, 0), (0, 0), (1, 0), (2, 1)))
    expected = plain_conv(padded, weight, strides, dilations, groups) + bias[:, None, None]
    result = ops.conv(x, weight, bias, strides, (1, 0, 2, 1), dilations, groups)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_transposed_convolution():
    x, weight = RNG.normal(size=(1, 3, 4, 5)).astype("float32"), RNG.normal(size=(3, 2, 4, 4)).astype("float32")
    full = np.zeros((1, 2, 10, 12))
    for i in range(4):
        for j in range(5):
            full[0, :, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += np.einsum("c,couv->ouv", x[0, :, i, j], weight)
    result = ops.conv_transpose(x, weight, None, (2, 2), ops.same_crops((4, 4), (2, 2)))
    np.testing.assert_allclose(result, full[:, :, 1:-1, 1:-1], atol=1e-5)


def test_bilinear_upsampling_puts_samples_at_pixel_centers():
    ramp = np.arange(4, dtype="float32").reshape(1, 1, 1, 4)
    halves = ops.upsample_bilinear(ramp, (1, 2), align_corners=False)
    np.testing.assert_allclose(halves.ravel(), [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3], atol=1e-6)
    corners = ops.upsample_bilinear(ramp, (1, 2), align_corners=True)
    np.testing.assert_allclose(corners.ravel(), np.linspace(0, 3, 8), atol=1e-6)


def test_same_padding_puts_the_odd_pixel_last():
    assert ops.same_pads((224, 9), (3, 3), (2, 2)) == [0, 1, 1, 1]
    assert ops.same_pads((8, 8), (3, 3), (1, 1), (2, 2)) == [2, 2, 2, 2]


def test_max_pooling():
    x = RNG.normal(size=(1, 2, 4, 6)).astype("float32")
    expected = x.reshape(1, 2, 2, 2, 3, 2).max((3, 5))
    np.testing.assert_array_equal(ops.max_pool(x, (2, 2), (2, 2)), expected)


def test_depth_to_space_is_tensorflows():
    x = RNG.normal(size=(1, 12, 2, 3)).astype("float32")
    expected = tf.nn.depth_to_space(x.transpose(0, 2, 3, 1), 2).numpy().transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(ops.depth_to_space(x, 2), expected)


def test_slices_and_mirrored_edges():
    x = np.arange(2 * 5 * 6, dtype="float32").reshape(1, 2, 5, 6)
    found = ops.sliced(
        x, (0, 0, 1, 0), (0, 0, 0, 5), (1, 1, 2, 2), (True, True, False, False), (True, True, True, False)
    )
    np.testing.assert_array_equal(found, x[:, :, 1::2, 0:5:2])
    np.testing.assert_array_equal(ops.pad(x, (1, 0, 0, 2), None)[0, 0, 0], [6, 7, 8, 9, 10, 11, 10, 9])


def test_resizing_to_a_size_keeps_the_corners():
    ramp = np.arange(3, dtype="float32").reshape(1, 1, 1, 3)
    np.testing.assert_allclose(ops.resize_bilinear(ramp, (2, 5))[0, 0], [np.linspace(0, 2, 5)] * 2, atol=1e-6)
