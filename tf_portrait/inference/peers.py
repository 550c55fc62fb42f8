"""Other people's segmenters: what the published files take and give, by their hashes, and .onnx files."""

import hashlib

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.inference.interface import INPUT_RANGES, OUTPUTS, Interface, interface_of
from tf_portrait.inference.trial import try_out

_UNIT = INPUT_RANGES["0,1"]
# SHA-256 of the files as their projects publish them; docs/export.md names them.
KNOWN = {
    # MediaPipe, selfie segmentation, general and landscape
    "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27": Interface(*_UNIT),
    "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894": Interface(*_UNIT),
    # Portrait-Segmentation, MobileNetV3: two logits
    "ab3b857fad5992c50edc411f1fa54450ab18e6faedc4d7093a5eb4d0f0dae0a5": Interface(*_UNIT, output="logits:1"),
    # DeepLabV3 with MobileNetV2, quantized: Pascal VOC's class numbers
    "350af47fd346ea6d74b58833a351f583ba860e9806ec5bd292ff8d8f1f249398": Interface(output="classes:15"),
    # Fast-Portrait-Segmentation, SINet
    "49da481071498f18941475acc95525adc7c15e013b5b5a9ec7cefa9b094181d3": Interface(
        (107.304565, 115.69884, 132.35703),
        (63.97182 * 255, 65.1337 * 255, 68.29726 * 255),
        bgr=True,
        output="logits:1",
    ),
}


def is_known(content):
    """Whether a file's bytes are one of KNOWN."""
    return hashlib.sha256(content).hexdigest() in KNOWN


def interface_for(content, path, input_range=None, output=None):
    """The Interface of someone's file: as told, else as known by its hash.

    Returns the Interface and whether the hash is known. Raises PortraitError where neither says it, with the options.
    """
    known = is_known(content)
    if known and input_range is None and output is None:
        return KNOWN[hashlib.sha256(content).hexdigest()], True
    if input_range is None or output is None:
        raise PortraitError(
            f"{path}: not made by this package, and nobody says what it takes and gives; add --input-range "
            f"({' or '.join(INPUT_RANGES)}) and --output ({OUTPUTS}), e.g. --input-range 0,1 --output person"
        )
    return interface_of(input_range, output), known


class OnnxModel:
    """Someone's .onnx file as a Runtime (inference/runtime.py): (1, 3, H, W) or (1, H, W, 3) float32 in.

    trusted: False tries it in a child process first. Threads may share it.
    Raises PortraitError for a file that is damaged or of another interface.
    """

    channels = 3

    def __init__(self, content, path, interface, threads=1, trusted=False):
        try:
            import onnxruntime
        except ImportError as error:
            raise PortraitError(f"{path}: needs onnxruntime; pip install onnxruntime") from error
        if not trusted:
            try_out(content, path, "onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has a class for each kind of damage
            raise PortraitError(f"{path}: cannot be opened ({error})") from error
        self.path, self.interface = path, interface
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        shape = inputs[0].shape if len(inputs) == len(outputs) == 1 else []
        self._first = len(shape) == 4 and shape[1] == 3
        sides = shape[2:4] if self._first else shape[1:3]
        good = len(shape) == 4 and shape[0] in (1, "batch") and 3 in (shape[1], shape[3]) and inputs[0].type
        if good != "tensor(float)" or not all(type(side) is int for side in sides):
            found = [(part.shape, part.type) for part in (*inputs, *outputs)]
            raise PortraitError(f"{path}: maps {found}; one float photo of a fixed size in and one map out is needed")
        self._name, self.shape = inputs[0].name, tuple(sides)
        self._feed = {self._name: np.zeros([1, *shape[1:]], np.float32)}

    def probability(self, rgb):
        """(H, W, 3) uint8 RGB of its shape -> probability of a person (H, W) float32."""
        values = self.interface.feed(rgb)
        feed = self._feed = {self._name: (values.transpose(2, 0, 1) if self._first else values)[None]}
        answer = self._session.run(None, feed)[0][0]
        channels_first = answer.ndim == 3 and self._first
        return self.interface.person(answer.transpose(1, 2, 0) if channels_first else answer, self.path)

    def heads(self, rgb):
        """[probability]."""
        return [self.probability(rgb)]

    def invoke(self):
        """The network alone, once more on what it was fed last: for a clock."""
        self._session.run(None, self._feed)
