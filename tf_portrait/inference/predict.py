"""Running a segmenter on whatever the user names, and writing what comes out."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import cv2
from tqdm import tqdm

from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_photos
from tf_portrait.data.sample import SAMPLE
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_bytes
from tf_portrait.inference import compose
from tf_portrait.inference.pictures import as_picture
from tf_portrait.inference.video import VIDEO_SUFFIXES, convert_video

OUTPUT = Path("predictions")


@dataclasses.dataclass(frozen=True)
class Effect:
    """A function of (rgb, alpha) to a picture (H, W, 3 or 4) uint8, and what to call its files."""

    name: str
    apply: Callable


def make_effect(background=None, blur=None, cutout=False):
    """The effect that the options ask for; without any, the mask itself."""
    if background is not None:
        scene = read_rgb(background)
        return Effect("replaced", lambda rgb, alpha: compose.replace(rgb, alpha, scene))
    if blur is not None:
        if blur <= 0:
            raise PortraitError(f"--blur {blur:g}: the radius must be above 0 pixels")
        return Effect("blurred", lambda rgb, alpha: compose.blur(rgb, alpha, blur))
    if cutout:
        return Effect("cutout", compose.cutout)
    return Effect("mask", lambda rgb, alpha: as_picture(alpha))


def predict(segmenter, source, effect, out=None, frames=None):
    """Applies an effect to a photo, a folder, a video or a camera; yields the paths written.

    source: path, camera index as text, or None for a sample photo. Raises PortraitError if it cannot be read.
    """
    if source is None:
        yield _write(effect.apply(*_with_alpha(segmenter, read_rgb(SAMPLE))), out or _name(SAMPLE.stem, effect))
    elif str(source).isdigit() or Path(source).suffix.lower() in VIDEO_SUFFIXES:
        if effect.name == "cutout":
            raise PortraitError("videos have no transparency; use --background PHOTO or --blur RADIUS")
        camera = str(source).isdigit()
        out = Path(out or OUTPUT / f"{'camera' if camera else ''}{Path(source).stem}_{effect.name}.mp4")
        convert_video(segmenter, int(source) if camera else source, out, effect.apply, limit=frames)
        yield out
    elif Path(source).is_dir():
        for path in tqdm(list_photos(source), unit="photo"):
            target = Path(out or OUTPUT) / f"{path.stem}_{effect.name}.png"
            yield _write(effect.apply(*_with_alpha(segmenter, read_rgb(path))), target)
    else:
        rgb = read_rgb(source)
        yield _write(effect.apply(*_with_alpha(segmenter, rgb)), out or _name(Path(source).stem, effect))


def _with_alpha(segmenter, rgb):
    return rgb, segmenter(rgb)


def _name(stem, effect):
    return OUTPUT / f"{stem}_{effect.name}.png"


def _write(picture, path):
    path = Path(path)
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    try:
        encoded, data = cv2.imencode(path.suffix or ".png", cv2.cvtColor(picture, code))
    except cv2.error:
        encoded = False
    if not encoded:
        raise PortraitError(f"{path}: photos are written as .png, .jpg or .webp")
    write_bytes(path, data.tobytes())
    return path
