"""Running a segmenter on whatever the user names, and writing what comes out."""

import dataclasses
import functools
from collections.abc import Callable

import cv2
import numpy as np
from PIL import ImageColor

from tf_portrait.data.files import read_rgb
from tf_portrait.data.masks import encode_mask
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_bytes
from tf_portrait.inference import compose
from tf_portrait.inference.pictures import as_picture
from tf_portrait.inference.plan import plan
from tf_portrait.inference.video import convert_video


@dataclasses.dataclass(frozen=True)
class Effect:
    """A function of (rgb, alpha) to a picture (H, W, 3) uint8, or (H, W, 4) if transparent, and its files' ending."""

    name: str
    apply: Callable
    transparent: bool = False


@dataclasses.dataclass(frozen=True)
class Made:
    """path: what was written, None if it failed. remarks: sentences about what was lost, or why it failed."""

    path: object
    remarks: list


def make_effect(background=None, blur=None, cutout=False, color=None):
    """The effect that the options ask for; without any, the mask itself. color: a name, or "#rrggbb"."""
    if background is not None:
        scene = read_rgb(background)
        return _replaced(scene)
    if color is not None:
        return _replaced(np.full((1, 1, 3), _parse(color), np.uint8))
    if blur is not None:
        compose.check_radius(blur)
        return Effect("blurred", lambda rgb, alpha: compose.blur(rgb, alpha, blur))
    if cutout:
        return Effect("cutout", compose.cutout, transparent=True)
    return Effect("mask", lambda rgb, alpha: as_picture(alpha))


def _replaced(background):
    """In front of a picture, which is made as large as the photo once for all frames of a video."""
    cover = functools.lru_cache(maxsize=1)(lambda height, width: compose.cover(background, height, width))
    return Effect("replaced", lambda rgb, alpha: compose.over(rgb, alpha, cover(*rgb.shape[:2])))


def predict(segmenter, sources, effect, out=None, frames=None, read=()):
    """Applies an effect to photos, folders, lists, videos or cameras; yields a Made for each.

    sources, out, read: see plan.plan. frames: of a video or camera, at most. One of several that fails is passed over,
    and its Made says why. Raises PortraitError if that is the only one, and before anything is written if the
    sources or `out` are wrong.
    """
    check_frames(frames)
    jobs = plan(sources, effect, out, read)
    for job in jobs:
        try:
            yield Made(job.target, run_job(segmenter, job, effect, frames))
        except PortraitError as error:
            if len(jobs) == 1:
                raise
            yield Made(None, [str(error)])


def check_frames(frames):
    """Raises PortraitError unless this is a number of frames, or None."""
    if frames is not None and frames <= 0:
        raise PortraitError(f"--frames {frames}: must be above 0")


def run_job(segmenter, job, effect, frames=None):
    """Writes job.target; returns sentences about what was lost. A job's source may be a Part of a shard, too."""
    if job.video:
        return convert_video(segmenter, job.source, job.target, effect.apply, limit=frames).remarks
    rgb = read_rgb(job.source)
    picture = effect.apply(rgb, segmenter(rgb))
    if effect.name == "mask" and job.target.suffix.lower() == ".png":
        write_bytes(job.target, encode_mask(np.ascontiguousarray(picture[..., 0])))  # so that it can be trained on
    else:
        _write(picture, job.target)
    return []


def _write(picture, path):
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    try:
        encoded, data = cv2.imencode(path.suffix.lower(), cv2.cvtColor(picture, code))
    except cv2.error:
        encoded = False
    if not encoded:
        height, width = picture.shape[:2]
        raise PortraitError(f"{path}: {width}x{height} pixels cannot be written as {path.suffix}; write a .png")
    write_bytes(path, data)


def _parse(color):
    try:
        return ImageColor.getrgb(color)[:3]
    except ValueError as error:
        raise PortraitError(f"--color {color}: unknown; give a name such as white, or #rrggbb") from error
