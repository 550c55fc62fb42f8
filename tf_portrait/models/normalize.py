"""The paper's normalization: what stands between an RGB photo and the network."""

from keras import ops

MEAN_BGR = (103.94, 116.78, 123.68)
SCALE = 0.017


def normalize(rgb):
    """RGB (..., 3), 0..255, any dtype -> normalized BGR (..., 3), about -2.1..2.6, float32.

    A fourth channel, the previous mask as 0..255, is scaled alike, so that nobody stays 0: what padding means too.
    """
    pixels = ops.cast(rgb, "float32")
    bgr = (ops.flip(pixels[..., :3], axis=-1) - ops.convert_to_tensor(MEAN_BGR, "float32")) * SCALE
    return bgr if pixels.shape[-1] == 3 else ops.concatenate([bgr, SCALE * pixels[..., 3:]], axis=-1)
