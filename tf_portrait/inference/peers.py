"""Other people's segmenters behind our interface, for a comparison on the same photos.

Their files are given by path; what goes in and comes out is read from their shapes and types, by the conventions that
published models follow: RGB in 0..1, one probability or two classes out, or a map of Pascal classes.
"""

from pathlib import Path

import cv2
import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.inference.tflite import open_interpreter, read_bytes

PASCAL_PERSON = 15
# Of the released Fast-Portrait-Segmentation (SINet) files: BGR 0..255.
SINET_MEAN, SINET_STD = (107.304565, 115.69884, 132.35703), (63.97182, 65.1337, 68.29726)


def open_peer(path, threads=1):
    """A .tflite or .onnx file as a Peer. Raises PortraitError for one whose interface is not known."""
    if Path(path).suffix == ".tflite":
        return TFLitePeer(path, threads)
    if Path(path).suffix == ".onnx":
        return OnnxPeer(path, threads)
    raise PortraitError(f"{path}: a peer must be a .tflite or .onnx file")


class Peer:
    """segment(rgb (H, W, 3) uint8) -> alpha (H, W) float32; the photo is stretched to `shape`, without letter-box."""

    def __call__(self, rgb):
        height, width = self.shape
        photo = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
        return cv2.resize(self.probability(photo), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)


class TFLitePeer(Peer):
    """A float file with one or two channels out, or a quantized one with Pascal classes."""

    def __init__(self, path, threads=1):
        self.interpreter = open_interpreter(read_bytes(path), path, threads=threads)
        (self._input,), (self._output,) = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        self.shape = tuple(self._input["shape"][1:3].tolist())
        channels = self._output["shape"][3:].tolist()
        self._classes = not channels and np.issubdtype(self._output["dtype"], np.integer)
        if not self._classes and (self._output["dtype"] != np.float32 or channels not in ([1], [2])):
            raise PortraitError(f"{path}: its output {self._output['shape'].tolist()} is of no known kind")

    def probability(self, photo):
        values = photo[None].astype(np.float32) / 255 if self._input["dtype"] == np.float32 else photo[None]
        self.interpreter.set_tensor(self._input["index"], values)
        self.invoke()
        answer = self.interpreter.get_tensor(self._output["index"])[0]
        if self._classes:
            return (answer == PASCAL_PERSON).astype(np.float32)
        return answer[..., 0] if answer.shape[-1] == 1 else 1 / (1 + np.exp(answer[..., 0] - answer[..., 1]))

    def invoke(self):
        self.interpreter.invoke()


class OnnxPeer(Peer):
    """A released SINet: normalized BGR (1, 3, H, W) in, two logits out."""

    def __init__(self, path, threads=1):
        try:
            import onnxruntime
        except ImportError as error:
            raise PortraitError(f"{path}: needs onnxruntime; pip install onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has a class for each kind of damage
            raise PortraitError(f"{path}: cannot be opened ({error})") from error
        (inside,), (outside,) = self._session.get_inputs(), self._session.get_outputs()
        if inside.shape[:2] != [1, 3] or outside.shape[1] != 2:
            raise PortraitError(f"{path}: maps {inside.shape} to {outside.shape}; (1, 3, H, W) to two logits is known")
        self._name, self.shape = inside.name, tuple(inside.shape[2:])
        self._feed = {self._name: np.zeros(inside.shape, np.float32)}

    def probability(self, photo):
        normalized = (photo[..., ::-1].astype(np.float32) - SINET_MEAN) / SINET_STD / 255
        self._feed = {self._name: normalized.transpose(2, 0, 1)[None].astype(np.float32)}
        logits = self.invoke()[0][0]
        return 1 / (1 + np.exp(logits[0] - logits[1]))

    def invoke(self):
        return self._session.run(None, self._feed)
