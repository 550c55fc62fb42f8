"""Videos: times, colors, sound, turns and damage, each against what was put in."""

import gc

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from tests.inference.clips import Half, first_frame, sound_of, times_of, write_clip
from tf_portrait.errors import PortraitError
from tf_portrait.inference import reader, video, writer
from tf_portrait.inference.video import convert_video, is_video

SLOWING = [0, 0.04, 0.08, 0.12, 0.5, 0.9, 1.3, 1.34]


def same(rgb, alpha):
    return rgb


def convert(source, out, **options):
    return convert_video(Half(), source, out, same, progress=False, **options)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".gif", ".avi"])
def test_every_frame_keeps_its_time(tmp_path, suffix):
    clip = write_clip(tmp_path / "in.mp4", SLOWING)
    assert convert(clip, tmp_path / f"out{suffix}") == video.Converted(len(SLOWING), [])
    step = 1 / 60 if suffix == ".avi" else 0.001  # AVI has one rate
    np.testing.assert_allclose(times_of(tmp_path / f"out{suffix}"), SLOWING, atol=step)


def test_a_webm_without_a_rate_keeps_its_times(tmp_path):
    clip = write_clip(
        tmp_path / "in.webm", SLOWING, codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}
    )
    convert(clip, tmp_path / "out.webm")
    np.testing.assert_allclose(times_of(tmp_path / "out.webm"), SLOWING, atol=0.001)


class FakeCamera:
    """Gives frames at times of its own, then whatever `end` does; its nominal rate is nonsense."""

    def __init__(self, clock, times, end=lambda: (False, None)):
        self._clock, self._times, self._end = clock, list(times), end

    def isOpened(self):
        return True

    def get(self, what):
        return float("nan")

    def read(self):
        if not self._times:
            return self._end()
        self._clock[0] = 100 + self._times.pop(0)
        return True, np.full((48, 64, 3), (10, 20, 200), np.uint8)

    def release(self):
        pass


def vanish():
    raise cv2.error("the device is gone")


@pytest.mark.parametrize("end", [lambda: (False, None), lambda: (True, None), vanish])
def test_a_camera_plays_as_fast_as_it_was_filmed_and_may_vanish(tmp_path, monkeypatch, end):
    clock, times = [0.0], [0, 0.15, 0.31, 1.0]
    monkeypatch.setattr(reader.cv2, "VideoCapture", lambda index: FakeCamera(clock, times, end))
    monkeypatch.setattr(reader.time, "monotonic", lambda: clock[0])
    made = convert(0, tmp_path / "out.mp4")
    np.testing.assert_allclose(times_of(tmp_path / "out.mp4"), times, atol=0.001)
    assert made.frames == 4 and "camera 0: gave no more pictures" in made.remarks[0]


def test_ctrl_c_leaves_a_playable_file(tmp_path):
    clip, seen = write_clip(tmp_path / "in.mp4", SLOWING), []

    def effect(rgb, alpha):
        seen.append(rgb)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return rgb

    made = convert_video(Half(), clip, tmp_path / "out.mp4", effect, progress=False)
    assert made == video.Converted(3, ["stopped after 3 frames"])
    assert len(times_of(tmp_path / "out.mp4")) == 3


MATRICES = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}  # H.273: Kr and Kb


def rgb_of(y, u, v, matrix, full):
    """H.273 by hand."""
    red, blue = MATRICES[matrix]
    luma = y / 255 if full else (y - 16) / 219
    cb, cr = ((c - 128) / (255 if full else 224) for c in (u, v))
    r, b = luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb
    return 255 * np.array([r, (luma - red * r - blue * b) / (1 - red - blue), b])


@pytest.mark.parametrize("size", [(64, 48), (1280, 64)])
@pytest.mark.parametrize("matrix", [None, 1, 6, 9])
@pytest.mark.parametrize("full", [False, True])
def test_colors_go_by_the_matrix_and_range_of_the_file(tmp_path, size, matrix, full):
    planes = (120, 90, 170)
    tags = {"color_range": 2 if full else 1, **({"colorspace": matrix} if matrix else {})}
    clip = write_clip(tmp_path / "in.mp4", [0, 0.04], size, planes=planes, tags=tags)
    seen = []
    convert_video(Half(), clip, tmp_path / "out.mp4", lambda rgb, a: seen.append(rgb) or rgb, progress=False)
    assumed = matrix or (1 if size[0] >= 1280 else 6)
    np.testing.assert_allclose(seen[0].mean((0, 1)), rgb_of(*planes, assumed, full), atol=2)
    out = first_frame(tmp_path / "out.mp4")
    assert (int(out.colorspace), int(out.color_range) == 2) == (assumed, full)
    made = out.to_ndarray(format="yuv420p") if not full else out.to_ndarray()
    height = size[1]
    got = made[:height].mean(), made[height : height + height // 4].mean(), made[height + height // 4 :].mean()
    np.testing.assert_allclose(got, planes, atol=2)


@pytest.mark.parametrize(
    ("suffix", "encoder", "kept"), [(".mp4", "aac", "aac"), (".webm", "aac", "opus"), (".avi", "aac", "mp3float")]
)
def test_the_sound_is_kept(tmp_path, suffix, encoder, kept):
    times = [index / 25 for index in range(25)]
    clip = write_clip(tmp_path / "in.mp4", times, sound=encoder)
    assert convert(clip, tmp_path / f"out{suffix}").remarks == []
    codec, samples, rate = sound_of(tmp_path / f"out{suffix}")
    assert codec == kept and abs(len(samples) / rate - 1) < 0.1
    peak = np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)
    assert abs(peak - 440) < 5


def test_a_gif_says_that_it_has_no_sound(tmp_path):
    clip = write_clip(tmp_path / "in.mp4", [0, 0.1], sound="aac")
    assert "without the sound" in convert(clip, tmp_path / "out.gif").remarks[0]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animations_are_videos(tmp_path, suffix):
    pictures = [Image.new("RGB", (32, 32), (60 * index, 200, 30)) for index in range(4)]
    pictures[0].save(
        tmp_path / f"in{suffix}",
        save_all=True,
        append_images=pictures[1:],
        duration=[100, 300, 200, 100],
        lossless=True,
    )
    pictures[0].save(tmp_path / f"still{suffix}")
    assert is_video(tmp_path / f"in{suffix}") and not is_video(tmp_path / f"still{suffix}")
    convert(tmp_path / f"in{suffix}", tmp_path / "out.mp4")
    np.testing.assert_allclose(times_of(tmp_path / "out.mp4"), [0, 0.1, 0.4, 0.6], atol=0.001)


@pytest.mark.parametrize(
    ("pixels", "codec"), [("yuv420p10le", "libx264"), ("yuv444p", "libx264"), ("bgr0", "libx264rgb")]
)
def test_other_pixels_come_through(tmp_path, pixels, codec):
    clip = write_clip(tmp_path / "in.mkv", [0, 0.04], pixels=pixels, codec=codec)
    seen = []
    convert_video(Half(), clip, tmp_path / "out.mp4", lambda rgb, a: seen.append(rgb) or rgb, progress=False)
    np.testing.assert_allclose(seen[0][:, :24].mean((0, 1)), (200, 60, 30), atol=6)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".avi"])
def test_odd_sides(tmp_path, suffix):
    clip = write_clip(tmp_path / "in.mkv", [0, 0.04], size=(63, 47), pixels="yuv444p")
    convert(clip, tmp_path / f"out{suffix}")
    frame = first_frame(tmp_path / f"out{suffix}")
    assert (frame.width, frame.height) == ((62, 46) if suffix == ".mp4" else (63, 47))


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
        ((0, -1, 1, 0), lambda rgb: np.rot90(rgb, 1)),
        ((-1, 0, 0, -1), lambda rgb: rgb[::-1, ::-1]),
        ((-1, 0, 0, 1), lambda rgb: rgb[:, ::-1]),
        ((1, 0, 0, 1), lambda rgb: rgb),
    ],
)
def test_the_display_matrix_turns_and_mirrors(matrix, turned):
    class Side:
        type = av.sidedata.sidedata.Type.DISPLAYMATRIX

        def __bytes__(self):
            a, b, c, d = (value * 65536 for value in matrix)
            return np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], "<i4").tobytes()

    class Frame:
        side_data = (Side(),)

    rgb = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    np.testing.assert_array_equal(reader.upright(rgb, reader.display_matrix(Frame())), turned(rgb))


def test_no_frame_outlives_its_turn(tmp_path):
    """A circle of references keeps what it holds until Python's collector comes by: megabytes a frame."""
    clip = write_clip(tmp_path / "in.mp4", [index / 25 for index in range(20)])
    gc.collect()
    gc.disable()
    try:
        convert(clip, tmp_path / "out.mp4")
        alive = [thing for thing in gc.get_objects() if isinstance(thing, av.VideoFrame)]
    finally:
        gc.enable()
    assert len(alive) <= 1  # the first, of which the display matrix was asked


@pytest.mark.parametrize("matrix", [(0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1)])
def test_a_phone_video_is_upright_as_opencv_turns_it(tmp_path, matrix):
    clip = write_clip(tmp_path / "in.mp4", [0, 0.04])
    content, (a, b, c, d) = bytearray(clip.read_bytes()), (value << 16 for value in matrix)
    place = content.index(b"tkhd") + 4 + 40
    content[place : place + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], ">i4").tobytes()
    clip.write_bytes(content)
    seen = []
    convert_video(Half(), clip, tmp_path / "out.mp4", lambda rgb, a: seen.append(rgb) or rgb, progress=False)
    expected = cv2.VideoCapture(str(clip)).read()[1][..., ::-1]
    assert seen[0].shape == expected.shape == ((64, 48, 3) if matrix[0] == 0 else (48, 64, 3))
    assert np.abs(seen[0].astype(int) - expected).mean() < 4
    assert first_frame(tmp_path / "out.mp4").rotation == 0


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_cut_file_says_how_many_frames_are_lost(tmp_path, share):
    noise = {"qp": "10"}
    clip = write_clip(tmp_path / "whole.mp4", [i / 25 for i in range(50)], options=noise)
    container = av.open(str(clip))
    with av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream_from_template(container.streams.video[0])
        for packet in container.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    content = (tmp_path / "fast.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: int(len(content) * share)])
    made = convert(tmp_path / "cut.mp4", tmp_path / "out.mp4")
    assert 0 < made.frames < 50
    assert f"{50 - made.frames} of its 50 frames could not be decoded" in made.remarks[0]


def test_damaged_clips_give_a_file_or_a_sentence(tmp_path):
    """Three hundred clips and animations with bytes changed, cut or doubled; seed 0."""
    random = np.random.default_rng(0)
    times = [index / 10 for index in range(6)]
    sources = [
        write_clip(tmp_path / f"in{suffix}", times, (32, 32), sound=sound)
        for suffix, sound in ((".mp4", "aac"), (".mkv", None))
    ]
    pictures = [Image.fromarray(random.integers(0, 255, (16, 16, 3), dtype=np.uint8)) for _ in range(4)]
    for suffix in (".gif", ".webp"):
        pictures[0].save(tmp_path / f"in{suffix}", save_all=True, append_images=pictures[1:], duration=100)
        sources.append(tmp_path / f"in{suffix}")
    refused = 0
    for index in range(300):
        source = sources[index % len(sources)]
        content = bytearray(source.read_bytes())
        for place in random.integers(0, len(content), random.integers(1, 12)):
            content[place] = random.integers(256)
        if index % 3 == 0:
            del content[random.integers(len(content)) :]
        damaged, out = tmp_path / f"damaged{source.suffix}", tmp_path / "out.gif"
        damaged.write_bytes(content)
        try:
            made = convert(damaged, out, limit=8)
            assert Image.open(out).n_frames >= 1 and made.frames > 0
            out.unlink()
        except PortraitError as error:
            refused += 1
            assert str(damaged) in str(error) and not out.exists()
    assert 0 < refused < 300
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    clip = write_clip(tmp_path / "in.mp4", SLOWING)

    def full(self, packets):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer.VideoWriter, "_mux", full)
    with pytest.raises(PortraitError, match=r"out\.mp4: cannot be written \(No space left on device\)"):
        convert(clip, tmp_path / "out.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_is_above_0(tmp_path, limit):
    with pytest.raises(PortraitError, match=f"--frames {limit}"):
        convert(write_clip(tmp_path / "in.mp4", [0, 0.1]), tmp_path / "out.mp4", limit=limit)


def test_sound_alone_is_no_video(tmp_path):
    (tmp_path / "text.mp4").write_bytes(b"no video")
    with pytest.raises(PortraitError, match=r"text\.mp4: cannot be read as a video"):
        convert(tmp_path / "text.mp4", tmp_path / "out.mp4")
