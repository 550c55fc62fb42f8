"""The paper's normalization: what stands between an RGB photo and the network."""

from keras import ops

MEAN_BGR = (103.94, 116.78, 123.68)
SCALE = 0.017


def normalize(rgb):
    """RGB (..., 3), 0..255, any dtype -> normalized BGR (..., 3), about -2.1..2.6, float32."""
    bgr = ops.flip(ops.cast(rgb, "float32"), axis=-1)
    return (bgr - ops.convert_to_tensor(MEAN_BGR, "float32")) * SCALE
