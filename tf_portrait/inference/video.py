"""Videos and cameras: frames in, composed frames out, with smoothing over time."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from tf_portrait.errors import PortraitError
from tf_portrait.inference.smoothing import TemporalSmoother

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v")
_DEFAULT_RATE = 25.0


def convert_video(segmenter, source, out, effect, smoothing=None, limit=None, progress=True):
    """Runs a video or camera through a segmenter.

    source: a file, or a camera's index. out: .mp4 (H.264) or .avi (MJPEG), without sound. effect: function of
    (rgb, alpha) to (H, W, 3) uint8. smoothing: a TemporalSmoother; None makes one. limit: frames at most; a camera
    otherwise runs until Ctrl-C. Returns the number of frames written.
    Raises PortraitError if the source cannot be read or `out` not be written.
    """
    capture = _open(source)
    smoothing = smoothing or TemporalSmoother()
    rate = capture.get(cv2.CAP_PROP_FPS) or _DEFAULT_RATE
    total = None if isinstance(source, int) else int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) or None
    total = min(total, limit) if total and limit else limit or total
    written, writer = 0, None
    bar = tqdm(total=total, desc=str(source), unit="frame", disable=not progress)
    try:
        while limit is None or written < limit:
            read, frame = capture.read()
            if not read:
                break
            rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            alpha = segmenter.to_photo_size(smoothing(segmenter.probability(rgb)), rgb.shape)
            writer = writer or _writer(out, rate, rgb.shape)
            writer.write(effect(rgb, alpha))
            written += 1
            bar.update()
    except KeyboardInterrupt:
        print(f"stopped after {written} frames")
    finally:
        bar.close()
        capture.release()
        if writer is not None:
            writer.close()
    if not written:
        raise PortraitError(f"{source}: no frame could be decoded; is it a video?")
    return written


def _open(source):
    if not isinstance(source, int) and not Path(source).is_file():
        raise PortraitError(f"{source}: no such file")
    capture = cv2.VideoCapture(source if isinstance(source, int) else str(source))
    if not capture.isOpened():
        what = f"camera {source}: cannot be opened; is one connected? Give a file or another index"
        raise PortraitError(what if isinstance(source, int) else f"{source}: cannot be read as a video")
    return capture


def _writer(out, rate, shape):
    suffix = Path(out).suffix.lower()
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".mp4":
        return _H264(out, rate, shape)
    if suffix == ".avi":
        return _MotionJpeg(out, rate, shape)
    raise PortraitError(f"{out}: videos are written as .mp4 (H.264) or .avi (MJPEG)")


class _H264:
    def __init__(self, out, rate, shape):
        import av  # FFmpeg with an H.264 encoder, which OpenCV's wheels lack

        self._container = av.open(str(out), "w")
        self._stream = self._container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        # H.264 in 4:2:0 wants even sides.
        self._stream.height, self._stream.width = shape[0] // 2 * 2, shape[1] // 2 * 2
        self._stream.pix_fmt = "yuv420p"
        self._frame = av.VideoFrame.from_ndarray

    def write(self, rgb):
        even = np.ascontiguousarray(rgb[: self._stream.height, : self._stream.width])
        self._container.mux(self._stream.encode(self._frame(even, format="rgb24")))

    def close(self):
        self._container.mux(self._stream.encode())
        self._container.close()


class _MotionJpeg:
    def __init__(self, out, rate, shape):
        self._writer = cv2.VideoWriter(str(out), cv2.VideoWriter_fourcc(*"MJPG"), rate, (shape[1], shape[0]))
        if not self._writer.isOpened():
            raise PortraitError(f"{out}: cannot be written; choose another --out")

    def write(self, rgb):
        self._writer.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))

    def close(self):
        self._writer.release()
