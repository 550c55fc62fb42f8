"""Finding faces with OpenCV: YuNet where its file is given, else the Haar cascade that OpenCV 4 brings, else none."""

from pathlib import Path

import cv2
import numpy as np

from tf_portrait.data.fit import resize
from tf_portrait.errors import PortraitError

LONGEST_SIDE = 960  # pixels that a photo is shrunk to before faces are looked for
SURE = 0.75  # YuNet's score
HAAR = "haarcascade_frontalface_default.xml"


def face_finder(path=None):
    """(find, words): find(rgb) gives faces (N, 4), each left, top, width, height in pixels, the largest first.

    path: YuNet's .onnx file, None to do without. find is None where there is no detector at all; words say which it is.
    Raises PortraitError if the file is missing or no face detector.
    """
    if path is not None:
        return _scaled(_yunet(path)), f"YuNet of {path}"
    cascade = Path(getattr(cv2.data, "haarcascades", "") if hasattr(cv2, "data") else "", HAAR)
    if hasattr(cv2, "CascadeClassifier") and cascade.is_file():
        return _scaled(_haar(cascade)), "OpenCV's Haar cascade, frontal faces alone; --faces YUNET.onnx finds more"
    return None, f"none: OpenCV {cv2.__version__} brings no detector; the upper half of each person; --faces YUNET.onnx"


def _yunet(path):
    if not Path(path).is_file():
        raise PortraitError(f"{path}: no such file; YuNet's .onnx is wanted, or no file")
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # OpenCV 5 warns of its own default
    try:
        detector = cv2.FaceDetectorYN.create(str(path), "", (320, 320), SURE)
        detector.detect(np.zeros((320, 320, 3), np.uint8))
    except cv2.error as error:
        raise PortraitError(f"{path}: is no face detector of OpenCV; YuNet's .onnx is wanted, or no file") from error
    finally:
        cv2.utils.logging.setLogLevel(level)

    def find(rgb):
        detector.setInputSize(rgb.shape[1::-1])
        faces = detector.detect(np.ascontiguousarray(rgb[..., ::-1]))[1]
        return np.zeros((0, 4)) if faces is None else faces[:, :4]

    return find


def _haar(path):
    detector = cv2.CascadeClassifier(str(path))

    def find(rgb):
        faces = detector.detectMultiScale(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 1.1, 6, minSize=(24, 24))
        return np.zeros((0, 4)) if len(faces) == 0 else np.asarray(faces)

    return find


def _scaled(find):
    """The finder on the photo shrunk to LONGEST_SIDE, its faces in the photo's own pixels."""

    def scaled(rgb):
        height, width = rgb.shape[:2]
        scale = min(1.0, LONGEST_SIDE / max(height, width))
        small = resize(rgb, max(1, round(width * scale)), max(1, round(height * scale))) if scale < 1 else rgb
        faces = np.asarray(find(np.ascontiguousarray(small)), float) / scale
        return faces[np.argsort(-faces[:, 3], kind="stable")]

    return scaled
