"""Videos and cameras: pictures in, composed pictures out at the same times, each mask helped by the one before."""

import contextlib
import dataclasses
from pathlib import Path

from tqdm import tqdm

from tf_portrait.errors import PortraitError
from tf_portrait.inference.overlap import Behind, ahead
from tf_portrait.inference.reader import Animation, Camera, Picture, VideoFile, is_animation
from tf_portrait.inference.stream import Stream
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
    """Runs a video, an animation or a camera through a segmenter; decoder and encoder work beside the network.

    source: a file, or a camera's index. out: a file of one of writer.SUFFIXES; each frame keeps its own time, and the
    sound is kept where the container has any. effect: function of (rgb, alpha) to (H, W, 3) uint8. smoothing: of
    Stream; None makes one. limit: frames at most; a camera otherwise runs until Ctrl-C.
    Returns Converted. Raises PortraitError if the source cannot be read or `out` not be written; nothing is left then.
    """
    check_suffix(out)
    if limit is not None and limit <= 0:
        raise PortraitError(f"--frames {limit}: must be above 0")
    reader = _open(source)
    stream, output, stopped = Stream(segmenter, smoothing), _Output(out, reader), []
    total = min(filter(None, (reader.count, limit)), default=None)
    try:
        with (
            tqdm(total=total, desc=str(source), unit="frame", disable=not progress) as bar,
            contextlib.closing(ahead(reader)) as items,
        ):
            for item in items:
                if not isinstance(item, Picture):
                    output.sound(item)
                    continue
                made = effect(item.rgb, stream(item.rgb, item.seconds))
                output.picture(dataclasses.replace(item, rgb=made))
                bar.update()
                if output.frames == limit:
                    break
    except KeyboardInterrupt:
        stopped = [f"stopped after {output.frames} frames"]
    except BaseException:
        output.discard()
        raise
    finally:
        reader.close()
    if not output.frames:
        output.discard()
        why = "; ".join([*reader.remarks(), *stopped]) or f"{source}"
        raise PortraitError(f"{why}: no frame could be decoded; is it a video?")
    return Converted(output.frames, [*stopped, *reader.remarks(), *output.close()])


class _Output:
    """The file that is written: a thread encodes while the next frame is on its way. frames: how many it was given."""

    def __init__(self, path, reader):
        self._path, self._reader, self._writer, self.frames = path, reader, None, 0
        self._line, self._early = Behind(), []  # sound that comes before the first picture

    def picture(self, picture):
        if self._writer is None:
            reader = self._reader
            self._writer = VideoWriter(self._path, picture.rgb.shape, reader.look, reader.sound, reader.rate)
        self._line.call(self._writer.write, picture)
        self.frames += 1
        for packet in self._early:
            self.sound(packet)
        self._early = []

    def sound(self, packet):
        if self._writer is None:
            self._early.append(packet)
        else:
            self._line.call(self._writer.write_sound, packet, self._reader.start)

    def close(self):
        """Ends the file; returns the writer's remarks."""
        try:
            self._line.finish()
            self._writer.close()
        except BaseException:
            self.discard()
            raise
        return self._writer.remarks

    def discard(self):
        """Leaves nothing behind."""
        self._line.abandon()
        if self._writer is not None:
            self._writer.discard()


def _open(source):
    if isinstance(source, int):
        return Camera(source)
    if not Path(source).is_file():
        raise PortraitError(f"{source}: no such file")
    if Path(source).suffix.lower() in ANIMATION_SUFFIXES:
        return Animation(source)
    return VideoFile(source)
