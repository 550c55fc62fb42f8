"""Moving pictures out: each picture at its own time, with the sound of the source."""

import contextlib
import os
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange
from PIL import Image

from tf_portrait.errors import PortraitError
from tf_portrait.inference.reader import usual_look

_H264 = ("libx264", "yuv420p", {"preset": "superfast", "crf": "18"})
_CODECS = {  # encoder, pixel format, options
    ".mp4": _H264,
    ".m4v": _H264,
    ".mov": _H264,
    ".mkv": _H264,
    ".webm": ("libvpx-vp9", "yuv420p", {"deadline": "realtime", "cpu-used": "8", "crf": "24", "b": "0"}),
    ".avi": ("mjpeg", "yuvj420p", {"qmin": "2", "qmax": "4"}),
    ".gif": ("gif", "pal8", {}),
}
_COPIED = {  # sound that a container takes as it is, and the encoder for any other
    ".mp4": ({"aac", "mp3", "ac3", "eac3", "alac", "opus"}, "aac"),
    ".m4v": ({"aac", "mp3", "ac3", "eac3", "alac"}, "aac"),
    ".mov": ({"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s24le"}, "aac"),
    ".mkv": ({"aac", "mp3", "ac3", "eac3", "alac", "opus", "vorbis", "flac", "pcm_s16le", "pcm_s24le"}, "aac"),
    ".webm": ({"opus", "vorbis"}, "libopus"),
    ".avi": ({"mp3", "ac3", "pcm_s16le"}, "libmp3lame"),
}
SUFFIXES = tuple(_CODECS)
_CLOCK = Fraction(1, 90000)  # divides the usual rates, as in MPEG
_AVI_RATE = 60  # AVI knows one rate only: of what varies, each picture is at most 1/120 s off


class VideoWriter:
    """Writes Pictures and packets of sound into a file; close() ends it, and only then it is in its place.

    path: .mp4, .m4v, .mov, .mkv (H.264), .webm (VP9), .avi (MJPEG) or .gif. shape: (H, W, ..) of the pictures. look: a
    reader's Look, None for the usual one of this size. sound: audio streams to keep. rate: pictures a second, or None.
    Raises PortraitError if it cannot be written.
    """

    def __init__(self, path, shape, look=None, sound=(), rate=None):
        self.path, self._suffix = Path(path), check_suffix(path)
        self._look = look or usual_look(*shape[:2])
        self._last, self._durations, self.remarks, self._container = -1, {}, [], None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, self._temporary = tempfile.mkstemp(
                dir=self.path.parent, prefix=f".{self.path.stem}-", suffix=self._suffix
            )
            os.close(handle)
            self._container = av.open(self._temporary, "w")
            self._stream = self._add_video(shape, rate)
            self._sound = self._add_sound(sound)
        except Exception as error:
            self.discard()
            raise self._sentence(error) from error

    def write(self, picture):
        """Adds a Picture, at the first tick after the one before if its own is taken."""
        try:
            frame = self._frame(picture.rgb)
            clock = self._stream.codec_context.time_base
            frame.pts, frame.time_base = max(round(picture.seconds / clock), self._last + 1), clock
            self._last, self._durations[frame.pts] = frame.pts, round(picture.duration / clock)
            self._mux(self._stream.encode(frame))
        except Exception as error:
            raise self._sentence(error) from error

    def write_sound(self, packet, start):
        """Adds a packet of sound, copied or encoded anew; start: seconds of the source that are 0 here."""
        kept = self._sound.get(packet.stream.index)
        if kept is None:
            return
        stream, copied = kept
        try:
            if not copied:
                for frame in self._decoded(packet):
                    self._container.mux(stream.encode(self._shifted(frame, start)))
            elif packet.dts is not None:
                self._shifted(packet, start).stream = stream
                self._container.mux(packet)
        except Exception as error:
            raise self._sentence(error) from error

    def close(self):
        """Ends the file and puts it in its place."""
        try:
            self._mux(self._stream.encode(None))
            for stream in (stream for stream, copied in self._sound.values() if not copied):
                self._container.mux(stream.encode(None))
            container, self._container = self._container, None
            container.close()
            os.chmod(self._temporary, 0o644)
            os.replace(self._temporary, self.path)
        except Exception as error:
            raise self._sentence(error) from error
        finally:
            self.discard()

    def discard(self):
        """Leaves nothing behind."""
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(Exception):  # a full disk again: what is left is removed below
                container.close()
        if getattr(self, "_temporary", None) and os.path.exists(self._temporary):
            os.remove(self._temporary)

    def _mux(self, packets):
        for packet in packets:  # encoders forget how long a picture is shown, which the last one needs
            packet.duration = self._durations.pop(packet.pts, 0) or packet.duration
            self._container.mux(packet)

    def _add_video(self, shape, rate):
        codec, pixels, options = _CODECS[self._suffix]
        even = 2 if codec == "libx264" else 1  # H.264 in 4:2:0 wants even sides
        constant = Fraction(rate or _AVI_RATE).limit_denominator(1001)
        stream = self._container.add_stream(codec, rate=constant if self._suffix == ".avi" else 25, options=options)
        context = stream.codec_context
        context.height, context.width = max(shape[0] // even, 1) * even, max(shape[1] // even, 1) * even
        context.pix_fmt = pixels
        clocks = {".gif": Fraction(1, 100), ".avi": 1 / constant}
        context.time_base = clocks.get(self._suffix, _CLOCK)
        if self._suffix != ".gif":
            context.sample_aspect_ratio = self._look.aspect
            self._full = self._look.full_range or pixels == "yuvj420p"
            context.color_range = int(ColorRange.JPEG if self._full else ColorRange.MPEG)
            context.colorspace = self._look.matrix if self._suffix != ".avi" else 5
            context.color_primaries, context.color_trc = self._look.primaries, self._look.transfer
        return stream

    def _add_sound(self, sound):
        if sound and self._suffix == ".gif":
            self.remarks.append(f"{self.path}: without the sound, which .gif cannot hold")
            return {}
        kept = {}
        for source in sound:
            copied, encoder = _COPIED[self._suffix]
            name = source.codec_context.name
            if name in copied or name.removesuffix("float") in copied:
                kept[source.index] = self._container.add_stream_from_template(source), True
            else:
                rate = 48000 if encoder == "libopus" else source.codec_context.sample_rate or 48000
                kept[source.index] = self._container.add_stream(encoder, rate=rate, layout="stereo"), False
        return kept

    def _frame(self, rgb):
        context = self._stream.codec_context
        if rgb.shape[0] // 2 != context.height // 2 or rgb.shape[1] // 2 != context.width // 2:  # it changed its size
            rgb = cv2.resize(rgb, (context.width, context.height), interpolation=cv2.INTER_AREA)
        if context.height > rgb.shape[0] or context.width > rgb.shape[1]:
            rgb = cv2.resize(rgb, (context.width, context.height))
        rgb = np.ascontiguousarray(rgb[: context.height, : context.width])
        if context.pix_fmt == "pal8":
            return _with_palette(rgb)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        matrix = usual_look(0, 0).swscale if self._suffix == ".avi" else self._look.swscale  # JPEG is BT.601
        shown = ColorRange.JPEG if self._full else ColorRange.MPEG
        made = frame.reformat(
            format=context.pix_fmt, src_color_range=ColorRange.JPEG, dst_colorspace=matrix, dst_color_range=shown
        )
        made.colorspace, made.color_range = context.colorspace, context.color_range
        return made

    def _decoded(self, packet):
        try:
            return packet.decode()
        except Exception:  # a damaged packet costs its own sound
            return []

    def _shifted(self, item, start):
        if item.pts is not None and item.time_base:
            shift = round(start / item.time_base)
            item.pts -= shift
            if isinstance(item, av.Packet):
                item.dts -= shift
        return item

    def _sentence(self, error):
        if isinstance(error, PortraitError):
            return error
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return PortraitError(f"{self.path}: cannot be written ({reason}); free space or choose another --out")


def check_suffix(path):
    """The suffix of a video to write. Raises PortraitError if it is none of SUFFIXES."""
    suffix = Path(path).suffix.lower()
    if suffix not in _CODECS:
        raise PortraitError(f"{path}: videos are written as {', '.join(SUFFIXES)}")
    return suffix


def _with_palette(rgb):
    """A frame of 256 colors of its own."""
    image = Image.fromarray(rgb).quantize(256)
    colors = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    palette = np.zeros((256, 4), np.uint8)  # alpha, red, green, blue
    palette[:, 0], palette[: len(colors), 1:] = 255, colors
    return av.VideoFrame.from_ndarray((np.asarray(image), palette), format="pal8")
