"""Reading one photo or one mask from disk, whatever its encoding."""

import numpy as np
from PIL import Image, ImageOps

from tf_portrait.errors import PortraitError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


def read_rgb(path):
    """A photo as (H, W, 3) uint8 RGB, upright by its EXIF tag; 16-bit, CMYK, gray and palette files are converted.

    Raises PortraitError if the file is missing, damaged or no image.
    """
    with _open(path) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I") or image.mode == "F":
            return np.repeat(_to_8_bits(np.asarray(image), path)[..., None], 3, axis=2)
        if image.mode == "P" and "transparency" in image.info:
            image = image.convert("RGBA")
        return np.asarray(image.convert("RGB"))


def read_mask(path):
    """A mask as (H, W) uint8, 0 background to 255 person, from any of the usual encodings.

    Understood: 0/1, 0/255, soft 0..255, 16-bit, a palette (index 0 is background) and the alpha channel of a cut-out.
    Raises PortraitError if the file is damaged or its values are none of these.
    """
    with _open(path) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode == "P":
            return _from_palette(image, path)
        if "A" in image.getbands():
            alpha = np.asarray(image.getchannel("A"))
            if alpha.min() != alpha.max():
                return alpha
            image = image.convert("RGB")
        if image.mode == "1":
            return np.asarray(image, dtype=np.uint8) * 255
        if image.mode.startswith("I") or image.mode == "F":
            return _from_gray(_to_8_bits(np.asarray(image), path), path)
        return _from_gray(np.asarray(image.convert("L")), path)


def _open(path):
    try:
        image = Image.open(path)
        image.load()
        return image
    except FileNotFoundError as error:
        raise PortraitError(f"{path}: no such file") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PortraitError(f"{path}: cannot be read as an image ({error}); replace or remove it") from error


def _to_8_bits(values, path):
    if values.dtype == np.float32 and values.max() > 1:
        raise PortraitError(f"{path}: floating-point values up to {values.max():g}; save it with 8 bits a channel")
    top = 1 if values.dtype == np.float32 else 65535
    if top == 65535 and values.max() <= 255:  # an 8-bit image stored in 16 or 32 bits
        return values.astype(np.uint8)
    return np.clip(values.astype(np.float32) * (255.0 / top) + 0.5, 0, 255).astype(np.uint8)


def _from_palette(image, path):
    index = np.asarray(image)
    colors = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    used = np.unique(index)
    if used.max() < len(colors) and (np.ptp(colors[used].astype(int), axis=1) == 0).all() and used.max() > 1:
        return _from_gray(colors[index][..., 0], path)  # a gray ramp stored as a palette
    return (index > 0).astype(np.uint8) * 255


def _from_gray(values, path):
    top = int(values.max())
    if top <= 1:
        return values * np.uint8(255)
    if top < 128:
        found = np.unique(values)
        raise PortraitError(
            f"{path}: mask values {', '.join(map(str, found[:6]))}{', ...' if len(found) > 6 else ''} are neither 0/1 "
            "nor 0..255; save person as 255 (or 1) and background as 0"
        )
    return values
