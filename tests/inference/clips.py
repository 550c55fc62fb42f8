"""Small clips for the tests, written by PyAV alone, and what is in a written one."""

from fractions import Fraction

import av
import cv2
import numpy as np


class Half:
    """A segmenter that says 0.5 everywhere."""

    def fitted(self, rgb):
        return cv2.resize(rgb, (8, 8), interpolation=cv2.INTER_AREA)

    def run(self, photo, previous=None):
        return np.full((8, 8), 0.5, np.float32)

    def to_photo_size(self, probability, shape):
        return cv2.resize(probability, (shape[1], shape[0]))


def write_clip(
    path, times, size=(64, 48), codec="libx264", pixels="yuv420p", planes=None, tags=(), sound=None, options=()
):
    """A clip whose frames are shown at `times` (seconds). planes: Y, U, V of every frame. sound: an encoder, 440 Hz."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=dict(options))
        context = stream.codec_context
        context.width, context.height, context.pix_fmt, context.time_base = *size, pixels, Fraction(1, 1000)
        for name, value in dict(tags).items():
            setattr(context, name, value)
        audio = container.add_stream(sound, rate=48000, layout="mono") if sound else None
        for index, seconds in enumerate(times):
            frame = _frame(index, size, planes)
            frame = frame if frame.format.name == pixels else frame.reformat(format=pixels)
            frame.pts, frame.time_base = round(seconds * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio:
            samples = np.sin(np.arange(round(48000 * (times[-1] + 0.04))) * 2 * np.pi * 440 / 48000).astype(np.float32)
            graph = av.AudioFifo()
            frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
            frame.rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
            graph.write(frame)
            for part in graph.read_many(audio.codec_context.frame_size or 1024, partial=True):
                container.mux(audio.encode(part))
            container.mux(audio.encode(None))
    return path


def _frame(index, size, planes):
    width, height = size
    if planes is None:
        rgb = np.full((height, width, 3), (index * 40) % 256, np.uint8)
        rgb[:, : width // 2] = (200, 60, 30)
        noise = np.random.default_rng(index).integers(-20, 20, rgb[:, width // 2 :].shape)
        rgb[:, width // 2 :] = np.clip(rgb[:, width // 2 :] + noise, 0, 255)
        return av.VideoFrame.from_ndarray(rgb, format="rgb24")
    y, u, v = planes
    luma, chroma = np.full((height, width), y, np.uint8), (height // 4, width)
    halves = [np.full((height // 2, width // 2), value, np.uint8).reshape(chroma) for value in (u, v)]
    return av.VideoFrame.from_ndarray(np.vstack([luma, *halves]), format="yuv420p")


def times_of(path):
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def first_frame(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def sound_of(path):
    """(codec, samples, rate) of the first sound track."""
    with av.open(str(path)) as container:
        name = container.streams.audio[0].codec_context.name
        frames = list(container.decode(audio=0))
        samples = [frame.to_ndarray().astype(np.float64) for frame in frames]
        samples = [
            part[0] if frame.format.is_planar else part[0, :: len(frame.layout.channels)]
            for part, frame in zip(samples, frames, strict=True)
        ]
        return name, np.concatenate(samples), frames[0].sample_rate
