"""Camera frames: YUV 4:2:0 planes, as Android, iOS and browsers give them, to upright RGB.

Integers throughout, so that every platform computes the same bits. ITU-R BT.601 coefficients in 16-bit fixed point:
luma offset and gain, then red of Cr, green of Cb and Cr, blue of Cb. A chroma sample stands for its 2x2 pixels.
"""

import numpy as np

from tf_portrait.errors import PortraitError

FULL_RANGE = 0, 65536, 91881, -22554, -46802, 116130  # luma and chroma in 0..255 (JFIF), what Android's cameras give
LIMITED_RANGE = 16, 76309, 104597, -25675, -53279, 132201  # luma in 16..235, chroma in 16..240 (video)


def yuv_to_rgb(y, u, v, full_range=True):
    """Planes (H, W), (ceil(H / 2), ceil(W / 2)) twice, all uint8 -> (H, W, 3) uint8 RGB."""
    height, width = y.shape
    if u.shape != v.shape or u.shape != ((height + 1) // 2, (width + 1) // 2):
        raise PortraitError(f"chroma planes {u.shape} and {v.shape} do not fit a luma plane {y.shape} in 4:2:0")
    offset, gain, red_v, green_u, green_v, blue_u = FULL_RANGE if full_range else LIMITED_RANGE
    luma = gain * (y.astype(np.int32) - offset)
    u, v = (plane.repeat(2, 0).repeat(2, 1)[:height, :width].astype(np.int32) - 128 for plane in (u, v))
    rgb = np.stack([luma + red_v * v, luma + green_u * u + green_v * v, luma + blue_u * u], axis=-1)
    return np.clip((rgb + 32768) >> 16, 0, 255).astype(np.uint8)


def plane(samples, height, width, row_stride, pixel_stride=1):
    """(height, width) uint8 out of a buffer in which rows and pixels lie strides apart.

    samples: 1-D uint8. Its last row may end with its last sample, before the stride is full. Interleaved chroma (NV12,
    NV21) is two planes of pixel_stride 2 whose buffers start one byte apart.
    """
    rows, columns = row_stride * np.arange(height), pixel_stride * np.arange(width)
    return samples[rows[:, None] + columns]


def upright(rgb, turn, mirror=False):
    """(H, W, C) turned `turn` degrees clockwise (0, 90, 180, 270), then mirrored left to right."""
    if turn not in (0, 90, 180, 270):
        raise PortraitError(f"turn={turn!r} must be 0, 90, 180 or 270 degrees")
    turned = np.rot90(rgb, -turn // 90)
    return np.ascontiguousarray(turned[:, ::-1] if mirror else turned)
