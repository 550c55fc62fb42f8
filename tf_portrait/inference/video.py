"""Videos and cameras: pictures in, composed pictures out at the same times, with smoothing over time."""

import dataclasses
from pathlib import Path

from tqdm import tqdm

from tf_portrait.errors import PortraitError
from tf_portrait.inference.reader import Animation, Camera, Picture, VideoFile, is_animation
from tf_portrait.inference.smoothing import TemporalSmoother
from tf_portrait.inference.writer import VideoWriter, check_suffix

ANIMATION_SUFFIXES = (".gif", ".webp", ".png", ".apng")
VIDEO_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".3gp", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"),
    *(".wmv", ".flv", ".ogv", ".vob"),
)


@dataclasses.dataclass(frozen=True)
class Converted:
    """frames: how many were written. remarks: sentences about what was lost, and why it ended."""

    frames: int
    remarks: list


def is_video(path):
    """Whether a file is moving pictures: by its suffix, for GIF, WebP and PNG by whether there are several."""
    suffix = Path(path).suffix.lower()
    return suffix in VIDEO_SUFFIXES or (suffix in ANIMATION_SUFFIXES and is_animation(path))


def convert_video(segmenter, source, out, effect, smoothing=None, limit=None, progress=True):
    """Runs a video, an animation or a camera through a segmenter.

    source: a file, or a camera's index. out: a file of one of writer.SUFFIXES; each frame keeps its own time, and the
    sound is kept where the container has any. effect: function of (rgb, alpha) to (H, W, 3) uint8. smoothing: a
    TemporalSmoother; None makes one. limit: frames at most; a camera otherwise runs until Ctrl-C.
    Returns Converted. Raises PortraitError if the source cannot be read or `out` not be written; nothing is left then.
    """
    check_suffix(out)
    if limit is not None and limit <= 0:
        raise PortraitError(f"--frames {limit}: must be above 0")
    reader, writer = _open(source), None
    smoothing, written, stopped = smoothing or TemporalSmoother(), 0, []
    total = min(filter(None, (reader.count, limit)), default=None)
    waiting = []  # sound that comes before the first picture
    try:
        with tqdm(total=total, desc=str(source), unit="frame", disable=not progress) as bar:
            for item in reader:
                if not isinstance(item, Picture):
                    writer.write_sound(item, reader.start) if writer else waiting.append(item)
                    continue
                alpha = segmenter.to_photo_size(smoothing(segmenter.probability(item.rgb)), item.rgb.shape)
                made = effect(item.rgb, alpha)
                writer = writer or VideoWriter(out, made.shape, reader.look, reader.sound, reader.rate)
                writer.write(dataclasses.replace(item, rgb=made))
                while waiting:
                    writer.write_sound(waiting.pop(0), reader.start)
                written += 1
                bar.update()
                if written == limit:
                    break
    except KeyboardInterrupt:
        stopped = [f"stopped after {written} frames"]
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    finally:
        reader.close()
    if not written:
        if writer is not None:
            writer.discard()
        why = "; ".join([*reader.remarks(), *stopped]) or f"{source}"
        raise PortraitError(f"{why}: no frame could be decoded; is it a video?")
    writer.close()
    return Converted(written, [*stopped, *reader.remarks(), *writer.remarks])


def _open(source):
    if isinstance(source, int):
        return Camera(source)
    if not Path(source).is_file():
        raise PortraitError(f"{source}: no such file")
    if Path(source).suffix.lower() in ANIMATION_SUFFIXES:
        return Animation(source)
    return VideoFile(source)
