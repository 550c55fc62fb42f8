"""Moving pictures in: video files (FFmpeg by PyAV), animated GIF, WebP and PNG (Pillow), cameras (OpenCV).

Each reader yields Picture, with the time at which it is shown, and, from video files, packets of sound.
"""

import contextlib
import dataclasses
import time
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageSequence

from tf_portrait.errors import PortraitError

_STEP = Fraction(1, 25)  # between pictures of which nobody says when they are shown
_LONGEST = 10**6  # seconds; a later time is a damaged one
_UNTOLD = 2  # "unspecified" in the code points of H.273
_HD_LINES, _HD_COLUMNS = 576, 1280  # more lines, or as many columns: BT.709 where a file names no matrix
_SWSCALE = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020}


@dataclasses.dataclass(frozen=True)
class Picture:
    """rgb: (H, W, 3) uint8. seconds: when it is shown, from the start. duration: in seconds, 0 where nobody knows."""

    rgb: np.ndarray
    seconds: Fraction
    duration: Fraction = Fraction(0)


@dataclasses.dataclass(frozen=True)
class Look:
    """How the numbers of a video mean colors, as code points of ITU-T H.273, and its pixels' width to height."""

    matrix: int
    full_range: bool = False
    primaries: int = _UNTOLD
    transfer: int = _UNTOLD
    aspect: Fraction = Fraction(1)

    @property
    def swscale(self):
        """The constant by which PyAV knows the matrix."""
        return _SWSCALE.get(self.matrix, Colorspace.ITU601)


def usual_look(height, width):
    """BT.709 for high definition and BT.601 below it: what players assume of a file without tags."""
    if height > _HD_LINES or width >= _HD_COLUMNS:
        return Look(1, primaries=1, transfer=1)
    return Look(6, primaries=6, transfer=6)


def is_animation(path):
    """Whether a GIF, WebP or PNG has more than one picture."""
    try:
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1) > 1
    except Exception:  # decoders raise anything; whoever reads it as a photo says what is wrong
        return False


class VideoFile:
    """A video file. Iterating gives Pictures in order and, between them, the packets of its sound.

    look: known after the first picture. sound: its audio streams. rate: pictures a second, None where they vary or
    nobody knows. remarks(): sentences about what could not be read. Raises PortraitError if it is no video.
    """

    def __init__(self, path):
        self._path = path
        try:
            self._container = av.open(str(path), metadata_errors="ignore")
        except FileNotFoundError as error:
            raise PortraitError(f"{path}: no such file") from error
        except Exception as error:  # a demuxer may raise anything on a damaged file
            raise PortraitError(f"{path}: cannot be read as a video ({_reason(error)})") from error
        cover = 0x400  # AV_DISPOSITION_ATTACHED_PIC
        videos = [s for s in self._container.streams.video if s.codec_context and not int(s.disposition) & cover]
        if not videos:
            self._container.close()
            raise PortraitError(f"{path}: cannot be read as a video (it holds no moving pictures)")
        self._stream = videos[0]
        self._stream.thread_type = "AUTO"
        self.sound = [s for s in self._container.streams.audio if s.codec_context is not None]
        self.look, self.count, self._matrices = None, self._stream.frames or None, {}
        average, base = self._stream.average_rate, self._stream.base_rate
        self.rate = average if average and average == base and 0 < average <= 240 else None
        self.start = Fraction(max(0, self._container.start_time or 0), av.time_base)
        # Kept here, as a closed container has no streams: remarks() comes after close().
        self._counted, self._step = self._stream.frames, 1 / average if average and average > 0 else _STEP
        self._one_packet_a_frame = self._stream.codec_context.name not in ("vp8", "libvpx", "mpeg4")  # hidden frames
        self._declared = Fraction(self._container.duration or 0, av.time_base)  # of its longest stream
        self._decoded = self._packets = self._dropped = self._refused = self._damaged = 0
        self._reached, self._broken, self._finished = Fraction(0), "", False

    def __iter__(self):
        seconds = None
        for packet in self._demuxed():
            if packet.stream is not self._stream:
                yield packet
                continue
            for frame in self._frames_of(packet):
                seconds = self._time(frame, seconds)
                step = Fraction(frame.duration or 0) * (frame.time_base or 0)
                self._damaged += frame.is_corrupt
                self._decoded += 1
                yield Picture(self._rgb(frame), seconds, step if 0 <= step < _LONGEST else Fraction(0))
        self._finished = True

    def remarks(self):
        """What was lost. Only a reading that came to the end of the file knows."""
        if not self._finished:
            return []
        found = []
        whole = max(self._counted, self._packets) if self._one_packet_a_frame else 0
        lost = max(whole - self._dropped - self._decoded, self._refused)
        if lost > 0:
            found.append(f"{lost} of its {lost + self._decoded} frames could not be decoded")
        elif self._declared - self._reached > Fraction(1, 2):
            missing = float((self._declared - self._reached) / self._step)
            found.append(
                f"it ends at {float(self._reached):.1f} of {float(self._declared):.1f} s: "
                f"about {missing:.0f} frames are lost"
            )
        if self._damaged:
            found.append(f"{self._damaged} frames are damaged")
        if self._broken:
            found.append(f"its reading ended with: {self._broken}")
        return [f"{self._path}: {'; '.join(found)}"] if found else []

    def close(self):
        self._container.close()

    def _demuxed(self):
        packets = self._container.demux(self._stream, *self.sound)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except Exception as error:  # the decoder still holds frames: flushed by an empty packet
                self._broken = _reason(error)
                yield _flush(self._stream)
                return
            if packet.stream is self._stream and packet.size:
                self._packets += 1
                self._dropped += packet.is_discard
            if packet.pts is not None and packet.time_base:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base - self.start
                if end < _LONGEST:
                    self._reached = max(self._reached, end)
            yield packet

    def _frames_of(self, packet):
        try:
            return packet.decode()
        except EOFError:
            return []
        except Exception:  # a damaged packet costs its own frame
            self._refused += 1
            return []

    def _time(self, frame, previous):
        """When a frame is shown: its own time, or one step after the frame before where that cannot be."""
        if frame.pts is not None and frame.time_base:
            seconds = frame.pts * frame.time_base - self.start
            if abs(seconds) < _LONGEST and (previous is None or seconds > previous):
                return max(seconds, Fraction(0)) if previous is None else seconds
        return Fraction(0) if previous is None else previous + self._step

    def _rgb(self, frame):
        if self.look is None:
            self.look = self._look_of(frame)
        full = ColorRange.JPEG if self.look.full_range else ColorRange.MPEG
        straight = frame.format.name.startswith(("rgb", "bgr", "gbr", "pal", "arg", "abg", "gray"))
        ask = {} if straight else {"src_colorspace": self.look.swscale, "src_color_range": full}
        if frame.rotation not in self._matrices:  # looking at side data ties a frame into a circle, which lives on
            self._matrices[frame.rotation] = display_matrix(frame)
        rgb = frame.reformat(format="rgb24", dst_color_range=ColorRange.JPEG, **ask).to_ndarray()
        return upright(rgb, self._matrices[frame.rotation])

    def _look_of(self, frame):
        usual = usual_look(frame.height, frame.width)
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        if frame.rotation % 180:
            aspect = 1 / aspect
        matrix = int(frame.colorspace)
        return Look(
            matrix if matrix in (1, 4, 5, 6, 7, 9) else usual.matrix,
            int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
            *(
                int(told) if told and int(told) != _UNTOLD else own
                for told, own in (
                    (frame.color_primaries, usual.primaries if matrix == _UNTOLD else _UNTOLD),
                    (frame.color_trc, usual.transfer if matrix == _UNTOLD else _UNTOLD),
                )
            ),
            aspect,
        )


class Animation:
    """The pictures of a GIF, WebP or PNG, with Pillow: FFmpeg decodes no animated WebP."""

    sound, rate, look, start = (), None, None, 0

    def __init__(self, path):
        self._path, self._lost = path, ""
        try:
            self._image = Image.open(path)
            self.count = getattr(self._image, "n_frames", None)
        except Exception as error:  # decoders raise anything
            raise PortraitError(f"{path}: cannot be read as an animation ({_reason(error)})") from error

    def __iter__(self):
        seconds, read = Fraction(0), 0
        try:
            for image in ImageSequence.Iterator(self._image):
                rgb = np.asarray(image.convert("RGBA").convert("RGB"))
                milliseconds = self._image.info.get("duration") or 0
                duration = Fraction(milliseconds if milliseconds > 10 else 100) / 1000  # as browsers do
                yield Picture(rgb, seconds, duration)
                seconds, read = seconds + duration, read + 1
        except GeneratorExit:
            raise
        except Exception as error:
            lost = f"{self.count - read} of its {self.count}" if self.count else "the other"
            self._lost = f"{self._path}: {lost} frames could not be decoded ({_reason(error)})"

    def remarks(self):
        return [self._lost] if self._lost else []

    def close(self):
        self._image.close()


class Camera:
    """A camera, each picture with the time at which it came; until it gives no more."""

    sound, rate, look, count, start = (), None, None, None, 0

    def __init__(self, index):
        self._index, self._end = index, ""
        self._capture = cv2.VideoCapture(index)
        if not self._capture.isOpened():
            raise PortraitError(f"camera {index}: cannot be opened; is one connected? Give a file or another index")

    def __iter__(self):
        began, seconds = None, Fraction(-1)
        while True:
            try:
                read, frame = self._capture.read()
            except Exception as error:  # drivers raise anything
                read, self._end = False, f" ({_reason(error)})"
            if not read or frame is None or not frame.size:
                self._end = f"camera {self._index}: gave no more pictures{self._end}"
                return
            now = time.monotonic()
            began = now if began is None else began
            seconds = max(Fraction(now - began).limit_denominator(10**6), seconds + Fraction(1, 1000))
            code = cv2.COLOR_GRAY2RGB if frame.ndim == 2 else cv2.COLOR_BGR2RGB
            yield Picture(cv2.cvtColor(frame, code), max(seconds, Fraction(0)))

    def remarks(self):
        return [self._end] if self._end else []

    def close(self):
        with contextlib.suppress(Exception):
            self._capture.release()


def display_matrix(frame):
    """What a frame says of how it is to be turned, 9 numbers; None where it says nothing."""
    sides = [bytes(side) for side in frame.side_data if side.type.name == "DISPLAYMATRIX"]
    return np.frombuffer(sides[0], "<i4").astype(float) if sides else None


def upright(rgb, matrix):
    """(H, W, 3) turned and mirrored as the display matrix of its frame says (by quarter turns)."""
    if matrix is None:
        return rgb
    a, b, _, c, d = matrix[:5]  # x' = a x + c y, y' = b x + d y
    if abs(b) + abs(c) > abs(a) + abs(d):
        rgb, a, d = rgb.transpose(1, 0, 2), c, b
    return np.ascontiguousarray(rgb[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])


def _flush(stream):
    packet = av.Packet()
    packet.stream = stream
    return packet


def _reason(error):
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
