"""Plain 8-bit JPEG and PNG files decoded by OpenCV, to the pixels that Pillow makes of them in more time.

What is not plain (16 bits, CMYK, palettes, transparency, a cut-off end) is None here, and Pillow reads it.
"""

import struct

import cv2
import numpy as np

_SIGNATURE, _GRAY, _RGB = b"\x89PNG\r\n\x1a\n", 0, 2
# Chunks of a PNG that change neither its pixels nor how they are turned.
_HARMLESS = {b"IHDR", b"IDAT", b"IEND", b"tEXt", b"pHYs", b"tIME", b"sRGB", b"gAMA", b"cHRM", b"iCCP"}


def plain_rgb(data, image):
    """The pixels of a file as they lie in it, (H, W, 3) uint8 RGB, or None.

    Neither turned by its EXIF tag nor taken through its ICC profile. image: the header, as Pillow read it.
    """
    if image.format == "JPEG":  # of a file that is cut off, OpenCV fills the rest with gray and says nothing
        plain = image.mode in ("RGB", "L") and data.rstrip(b"\0").endswith(b"\xff\xd9")
    else:
        plain = _is_plain_png(data, (_GRAY, _RGB))
    return _decode(data, cv2.IMREAD_COLOR_RGB) if plain else None


def plain_gray(data):
    """The levels of a gray PNG of 8 bits, (H, W) uint8, or None."""
    return _decode(data, cv2.IMREAD_GRAYSCALE) if _is_plain_png(data, (_GRAY,)) else None


def _is_plain_png(data, colors):
    if not data.startswith(_SIGNATURE) or len(data) < 33 or data[24] != 8 or data[25] not in colors:
        return False
    place, kind = len(_SIGNATURE), None
    while kind != b"IEND":
        if place + 12 > len(data):
            return False
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind not in _HARMLESS or data.startswith(b"Raw profile", place + 8):  # which may hold EXIF
            return False
        place += length + 12
    return place == len(data)


def _decode(data, how):
    return cv2.imdecode(np.frombuffer(data, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
