"""What Core ML's layers compute, on arrays (N, C, H, W) in float32, as Apple documents it."""

import numpy as np
import tensorflow as tf


def conv(x, weight, bias=None, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), groups=1):
    """Convolution. weight: (O, C / groups, kh, kw). pads: top, bottom, left, right."""
    x = pad(x, pads)
    if groups == x.shape[1] and weight.shape[:2] == (groups, 1):
        image, kernel = x.transpose(0, 2, 3, 1), weight.transpose(2, 3, 0, 1)
        result = tf.nn.depthwise_conv2d(image, kernel, (1, *strides, 1), "VALID", dilations=dilations)
    else:
        parts = zip(np.split(x, groups, axis=1), np.split(weight, groups, axis=0), strict=True)
        result = tf.concat(
            [
                tf.nn.conv2d(part.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), strides, "VALID", dilations=dilations)
                for part, w in parts
            ],
            axis=-1,
        )
    return _with_bias(result.numpy().transpose(0, 3, 1, 2), bias)


def conv_transpose(x, weight, bias=None, strides=(1, 1), crops=(0, 0, 0, 0)):
    """Transposed convolution, dense. weight: (C, O, kh, kw). crops: top, bottom, left, right of the full result."""
    count, _, height, width = x.shape
    _, filters, kernel_height, kernel_width = weight.shape
    shape = (count, (height - 1) * strides[0] + kernel_height, (width - 1) * strides[1] + kernel_width, filters)
    full = tf.nn.conv2d_transpose(x.transpose(0, 2, 3, 1), weight.transpose(2, 3, 1, 0), shape, strides, "VALID")
    top, bottom, left, right = crops
    full = full.numpy()[:, top : shape[1] - bottom, left : shape[2] - right]
    return _with_bias(full.transpose(0, 3, 1, 2), bias)


def upsample_bilinear(x, factors, align_corners):
    """Bilinear upsampling; align_corners False puts samples at pixel centers."""
    rows, columns = (
        _interpolation(size, int(size * factor), align_corners)
        for size, factor in zip(x.shape[2:], factors, strict=True)
    )
    return np.einsum("ih,nchw,jw->ncij", rows, x, columns, optimize=True).astype(np.float32)


def resize_bilinear(x, size):
    """Bilinear to (height, width) with aligned corners, Core ML's STRICT_ALIGN_CORNERS."""
    rows, columns = (_interpolation(old, int(new), True) for old, new in zip(x.shape[2:], size, strict=True))
    return np.einsum("ih,nchw,jw->ncij", rows, x, columns, optimize=True).astype(np.float32)


def depth_to_space(x, block):
    """(N, block^2 C, H, W) -> (N, C, block H, block W); the channels of one place lie together."""
    count, channels, height, width = x.shape
    x = x.reshape(count, block, block, channels // block**2, height, width)
    return x.transpose(0, 3, 4, 1, 5, 2).reshape(count, -1, block * height, block * width)


def space_to_depth(x, block):
    """(N, C, block H, block W) -> (N, block^2 C, H, W); undoes depth_to_space."""
    count, channels, height, width = x.shape
    x = x.reshape(count, channels, height // block, block, width // block, block)
    return x.transpose(0, 3, 5, 1, 2, 4).reshape(count, -1, height // block, width // block)


def space_to_batch(x, block, pads):
    """(N, C, H, W), padded -> (block^2 N, C, H / block, W / block): each place of a block an image of its own."""
    return space_to_depth(pad(x, pads).swapaxes(0, 1), block).swapaxes(0, 1)


def batch_to_space(x, block, crops):
    """Undoes space_to_batch, then cuts off top, bottom, left, right."""
    return crop(depth_to_space(x.swapaxes(0, 1), block).swapaxes(0, 1), crops)


def crop(x, crops):
    """crops: top, bottom, left, right."""
    top, bottom, left, right = (int(edge) for edge in crops)
    return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]


def sliced(x, begin, end, strides, begin_masks, end_masks):
    """From begin to end on every axis; a mask opens that side."""
    sides = zip(begin, end, strides, begin_masks, end_masks, strict=True)
    return x[
        tuple(
            slice(None if open_start else int(start), None if open_stop else int(stop), int(step))
            for start, stop, step, open_start, open_stop in sides
        )
    ]


def max_pool(x, kernel, strides, pads=(0, 0, 0, 0)):
    """Largest value of each window (kh, kw). pads: top, bottom, left, right, of values that never win."""
    x = pad(x, pads, -np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows[:, :, :: strides[0], :: strides[1]].max(axis=(4, 5))


def same_pads(shape, kernel, strides, dilations=(1, 1)):
    """Padding top, bottom, left, right by which an output covers the input; the odd pixel goes to the end."""
    pads = []
    for size, width, stride, dilation in zip(shape, kernel, strides, dilations, strict=True):
        total = max((-(-size // stride) - 1) * stride + (width - 1) * dilation + 1 - size, 0)
        pads += [total // 2, total - total // 2]
    return pads


def same_crops(kernel, strides):
    """What conv_transpose cuts off so that the output is `strides` times the input."""
    crops = []
    for width, stride in zip(kernel, strides, strict=True):
        crops += [(width - stride) // 2, width - stride - (width - stride) // 2]
    return crops


def pad(x, pads, value=0.0):
    """pads: top, bottom, left, right. value: at the new places; None mirrors, without doubling the edge."""
    top, bottom, left, right = (int(edge) for edge in pads)
    edges = ((0, 0), (0, 0), (top, bottom), (left, right))
    return np.pad(x, edges, mode="reflect") if value is None else np.pad(x, edges, constant_values=value)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0)))


def _with_bias(x, bias):
    return x if bias is None else x + np.asarray(bias, np.float32).reshape(1, -1, 1, 1)


def _interpolation(size, new_size, align_corners):
    """(new_size, size): the weights of the old samples in each new one."""
    if align_corners:
        points = np.arange(new_size) * (size - 1) / max(new_size - 1, 1)
    else:
        points = np.clip((np.arange(new_size) + 0.5) * size / new_size - 0.5, 0, size - 1)
    low = np.minimum(points.astype(int), max(size - 2, 0))
    matrix = np.zeros((new_size, size), np.float32)
    matrix[np.arange(new_size), low] = 1 - (points - low)
    if size > 1:
        matrix[np.arange(new_size), low + 1] += points - low
    return matrix
