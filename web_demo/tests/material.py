"""What the browser tests need, and what Python makes of a frame of theirs.

    material.py prepare FOLDER                    the page with the shipped models and vectors/'s, and drawn pictures
    material.py compare FOLDER MODEL W H RADIUS   JSON: how far mask and picture of the page are from Python's
    material.py stream FOLDER MODEL W H RATIO     JSON: how far the masks of frames one after another are

compare reads frame.rgba and shown.rgba (W x H) and mask.f32 (the network's size), as the tests leave them in FOLDER;
stream reads frames.rgba, masks.f32 and seconds.json.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tf_portrait.data.drawn.portraits import portrait
from tf_portrait.data.drawn.scene import draw_scene
from tf_portrait.exporting.web import MODELS, copy_shipped, copy_to_page
from tf_portrait.inference.compose import blur
from tf_portrait.inference.pictures import write_png
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.smoothing import TemporalSmoother

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT, FRAMES = 640, 480, 30
OTHER = 5  # seed of another scene
SEEN = 2  # gray levels; more of a difference might be seen


def prepare(folder):
    """The page (its packages are links to the same files), a camera, a photo, videos and a background."""
    page = folder / "page"
    shutil.rmtree(page, ignore_errors=True)
    for part in ("app", "core", "node_modules/@litertjs"):
        shutil.copytree(ROOT / "web_demo" / part, page / part, copy_function=os.link)
    for part in ("index.html", "style.css"):
        shutil.copyfile(ROOT / "web_demo" / part, page / part)
    for name, export in (("tiny_video", "vectors/video/model"), ("tiny", "vectors/model")):
        copy_to_page(ROOT / export, page)
        (page / MODELS / "model").rename(page / MODELS / name)
    copy_shipped(page)
    frames = list(_frames())
    write_png(folder / "photo.png", frames[0])
    write_png(folder / "background.png", draw_scene(np.random.default_rng(8), 400))
    (folder / "none.png").write_text("no picture")
    (folder / "none.mp4").write_text("no video")
    with open(folder / "camera.y4m", "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F30:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in frames:
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
    _write_video(folder / "video.webm", frames)
    other, _ = portrait(np.random.default_rng(OTHER), HEIGHT)
    small = [cv2.resize(frame, (320, 240), interpolation=cv2.INTER_AREA) for frame in [*frames, np.roll(other, 90, 1)]]
    _write_video(folder / "scenes.webm", [*small[:-1], *small[-1:] * (FRAMES // 2)])


def _frames():
    """A drawn portrait that sways."""
    photo, _ = portrait(np.random.default_rng(11), WIDTH)
    top = (WIDTH - HEIGHT) // 2
    for index in range(FRAMES):
        shift = round(12 * np.sin(2 * np.pi * index / FRAMES))
        yield np.ascontiguousarray(np.roll(photo, shift, axis=1)[top : top + HEIGHT])


def _write_video(path, frames):
    import av

    with av.open(str(path), "w") as video:
        stream = video.add_stream("libvpx", rate=30)
        (stream.height, stream.width), stream.pix_fmt = frames[0].shape[:2], "yuv420p"
        for frame in frames:
            video.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        video.mux(stream.encode())


def compare(folder, model, width, height, radius):
    """Label agreement and mean difference of the mask, and the part of the picture's values that are seen to differ."""
    frame, shown = (
        np.fromfile(folder / name, np.uint8).reshape(int(height), int(width), 4)[..., :3]
        for name in ("frame.rgba", "shown.rgba")
    )
    segmenter = Segmenter(model)
    expected = segmenter.probability(np.ascontiguousarray(frame))
    mask = np.fromfile(folder / "mask.f32", np.float32).reshape(expected.shape)
    picture = blur(frame, segmenter.to_photo_size(expected, frame.shape), float(radius))
    off = np.abs(picture.astype(int) - shown)
    facts = {
        "labels": float(np.mean((mask > segmenter.threshold) == (expected > segmenter.threshold))),
        "difference": float(np.abs(mask - expected).mean()),
        "person": float(np.mean(expected > segmenter.threshold)),
        "seen": float(np.mean(off > SEEN)),
        "largest": int(off.max()),
    }
    print(json.dumps(facts))


def stream(folder, model, width, height, ratio):
    """Of each frame: label agreement and mean difference with Python's stream, and the latter with the frame alone."""
    shape = int(height), int(width), 4
    frames = np.ascontiguousarray(np.fromfile(folder / "frames.rgba", np.uint8).reshape(-1, *shape)[..., :3])
    segmenter = Segmenter(model)
    masks = np.fromfile(folder / "masks.f32", np.float32).reshape(-1, *segmenter.shape)
    video = segmenter.video(TemporalSmoother(float(ratio)))
    facts = []
    for frame, mask, seconds in zip(frames, masks, json.loads((folder / "seconds.json").read_text()), strict=True):
        expected, alone = video.probability(frame, seconds), segmenter.probability(frame)
        facts.append(
            {
                "labels": float(np.mean((mask > segmenter.threshold) == (expected > segmenter.threshold))),
                "difference": float(np.abs(mask - expected).mean()),
                "alone": float(np.abs(mask - alone).mean()),
                "person": float(np.mean(expected > segmenter.threshold)),
            }
        )
    print(json.dumps(facts))


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"prepare": prepare, "compare": compare, "stream": stream}[command](Path(folder), *rest)
