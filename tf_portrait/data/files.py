"""Reading one photo from disk, whatever its encoding; masks are in data/masks.py."""

import contextlib
import functools
import io
import threading
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from tf_portrait.data.plain import plain_rgb
from tf_portrait.errors import PortraitError

# HEIC is listed, so that a folder of a phone's photos says what to do about them.
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif")
MEGAPIXELS = 300  # largest photo that is read: 0.9 GB as RGB
_PROFILED_MODES = {"RGB ": ("RGB", "RGBA", "RGBX"), "CMYK": ("CMYK",), "GRAY": ("L",)}
_LIMIT = threading.Lock()
_TURNS = {  # EXIF's orientation -> what makes the picture upright
    2: lambda rgb: rgb[:, ::-1],
    3: lambda rgb: rgb[::-1, ::-1],
    4: lambda rgb: rgb[::-1],
    5: lambda rgb: rgb.swapaxes(0, 1),
    6: lambda rgb: np.rot90(rgb, -1),
    7: lambda rgb: np.rot90(rgb, 2).swapaxes(0, 1),
    8: np.rot90,
}


def read_rgb(path, data=None):
    """A photo as (H, W, 3) uint8 sRGB, upright by its EXIF tag; 16-bit, CMYK, gray and palette files are converted.

    Colors go through the file's ICC profile (Display P3, Adobe RGB ..) to sRGB; without one they are sRGB already.
    data: the file's bytes, where they do not lie at `path`, which then only names them.
    Raises PortraitError if the file is missing, damaged, no image or larger than MEGAPIXELS.
    """
    with open_image(path, data) as (image, data):
        profile = image.info.get("icc_profile")
        if not profile or _keeps_colors(profile, image.mode):
            rgb = plain_rgb(data, image)
            if rgb is not None:
                return _upright(rgb, image)
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I") or image.mode == "F":
            return np.repeat(to_8_bits(np.asarray(image), path)[..., None], 3, axis=2)
        if image.mode in ("P", "PA"):
            image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
        return np.asarray(_in_srgb(image, profile) if profile else image.convert("RGB"))


@contextlib.contextmanager
def open_image(path, data=None):
    """A PIL image that decodes when it is used, and the file's bytes.

    data: as in read_rgb. Whatever a decoder raises, here or in the block, becomes a PortraitError with the file.
    """
    try:
        if data is None:
            data = (Path(path) if isinstance(path, str) else path).read_bytes()
        with _unlimited_open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > MEGAPIXELS * 1e6:
                raise PortraitError(
                    f"{path}: {width}x{height} are {width * height / 1e6:.0f} megapixels; shrink it below {MEGAPIXELS}"
                )
            yield image, data
    except PortraitError:
        raise
    except FileNotFoundError as error:
        raise PortraitError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise PortraitError(f"{path}: is a folder, not an image") from error
    except PermissionError as error:
        raise PortraitError(f"{path}: may not be read; change its permissions") from error
    except MemoryError as error:
        raise PortraitError(f"{path}: too little memory to read it; shrink it, or close other programs") from error
    except Exception as error:  # decoders raise anything: RuntimeError (AVIF), SyntaxError (TIFF), struct.error ..
        if Path(str(path)).suffix.lower() in (".heic", ".heif"):
            advice = "save it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)"
        else:
            advice = "replace or remove it"
        why = "its content is of no format known" if isinstance(error, UnidentifiedImageError) else error
        raise PortraitError(f"{path}: cannot be read as an image ({why or type(error).__name__}); {advice}") from error


def to_8_bits(values, path):
    """Gray values of a 16- or 32-bit or floating-point image as uint8."""
    if values.dtype == np.float32:
        if not np.isfinite(values).all() or values.max() > 1:
            raise PortraitError(f"{path}: floating-point values up to {values.max():g}; save it with 8 bits a channel")
        return np.clip(values * 255.0 + 0.5, 0, 255).astype(np.uint8)
    if values.max() <= 255:  # an 8-bit image stored in 16 or 32 bits
        return np.maximum(values, 0).astype(np.uint8)
    return np.clip(values.astype(np.float32) * (255.0 / 65535) + 0.5, 0, 255).astype(np.uint8)


def _upright(rgb, image):
    """Pixels turned as the file's EXIF tag says, or its XMP where it has no tag."""
    turn = image.getexif().get(0x0112, 1) if {"exif", "xmp", "Raw profile type exif"} & image.info.keys() else 1
    return np.ascontiguousarray(_TURNS.get(turn, np.asarray)(rgb))


def _unlimited_open(file):
    """Image.open without Pillow's limit of 179 megapixels, which phones pass; MEGAPIXELS is ours."""
    with _LIMIT:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(file)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _keeps_colors(profile, mode):
    """Whether a profile changes nothing: it is sRGB's, damaged, or of another color space."""
    try:
        return _transform(profile, mode) is None
    except (ImageCms.PyCMSError, OSError, ValueError):
        return True


def _in_srgb(image, profile):
    """The image through its ICC profile; a damaged profile, or one of another color space, is passed over."""
    try:
        transform = _transform(profile, image.mode)
        if transform is not None:
            return ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass
    return image.convert("RGB")


@functools.lru_cache(maxsize=8)
def _transform(profile, mode):
    """From an ICC profile to sRGB, or None where nothing changes."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if mode not in _PROFILED_MODES.get(source.profile.xcolor_space, ()):
        return None
    if mode != "CMYK" and "sRGB" in (source.profile.profile_description or ""):
        return None
    flags = ImageCms.Flags.NOCACHE  # one transform serves several threads
    return ImageCms.buildTransform(
        source, ImageCms.createProfile("sRGB"), mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags
    )
