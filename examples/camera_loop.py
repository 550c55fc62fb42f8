"""Frames one by one, as an app gets them: python examples/camera_loop.py [CAMERA_INDEX].

Without a camera, a drawn portrait that moves stands in for one. Prints milliseconds a frame.
"""

import sys
import time

import cv2
import numpy as np

import tf_portrait as tp
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.inference.compose import blur


def moving_portrait(count, size=320):
    photo, _ = SyntheticPortraits(1, size, seed=3)[0]
    for index in range(count):
        yield np.roll(photo, int(12 * np.sin(index / 5)), axis=1)


def camera_frames(camera, count):
    capture = cv2.VideoCapture(camera)
    for _ in range(count):
        read, bgr = capture.read()
        if not read:
            break
        yield cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    capture.release()


def main(camera=None, count=30):
    stream = tp.Segmenter("portraitnet_fast").video()  # each mask is helped by the one before
    frames = moving_portrait(count) if camera is None else camera_frames(int(camera), count)
    times = []
    for rgb in frames:
        started = time.perf_counter()
        alpha = stream(rgb)
        blur(rgb, alpha, radius=12)  # an app would show this
        times.append(1e3 * (time.perf_counter() - started))
    print(f"{len(times)} frames, median {np.median(times):.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
