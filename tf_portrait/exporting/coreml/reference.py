"""Core ML files run without a Mac: a reference interpreter over what was saved.

Apple predicts on macOS only. This one reads the saved file and computes every operation as documented, in float32 with
the file's own weights, so that swapped channels, a shifted upsampling or a wrong scale show up on any machine. What it
does not know it names. On macOS, Core ML itself runs.
"""

import sys
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.coreml.convert import load_coremltools
from tf_portrait.exporting.coreml.mil import MLProgram
from tf_portrait.exporting.coreml.nn import NeuralNetwork


class CoreMLModel:
    """A .mlpackage or .mlmodel with an image in and a grayscale image out, as a Runtime (inference/runtime.py).

    One with a prior takes the mask before as a grayscale image, here the fourth channel.

    native: run it by Core ML itself; None does so on macOS. Raises PortraitError for a file that is missing, damaged,
    of another interface, or holds an operation that the reference interpreter does not know.
    """

    def __init__(self, path, native=None):
        ct = load_coremltools()
        if not Path(path).exists():
            raise PortraitError(f"{path}: no such file")
        try:
            spec = ct.utils.load_spec(str(path))
        except Exception as error:  # whatever protobuf and coremltools raise on damage
            raise PortraitError(f"{path}: not a Core ML model or damaged ({error})") from error
        self._image, *priors = _image_types(spec.description.input, path, (1, 2))
        for gray in (*priors, *_image_types(spec.description.output, path, (1,))):
            if gray.colorSpace != gray.ColorSpace.Value("GRAYSCALE"):
                raise PortraitError(f"{path}: its output or second input is no grayscale image")
        self.shape, self.channels = (self._image.height, self._image.width), 3 + len(priors)
        self._native = sys.platform == "darwin" if native is None else native
        if self._native:
            self._model = ct.models.MLModel(str(path))
            self._names = [feature.name for feature in spec.description.input], spec.description.output[0].name
        elif spec.WhichOneof("Type") == "mlProgram":
            self._run = MLProgram(spec, path)
        elif spec.WhichOneof("Type") == "neuralNetwork":
            self._run = NeuralNetwork(spec, path)
        else:
            raise PortraitError(f"{path}: holds a {spec.WhichOneof('Type')}, not a network")

    invoke = None  # the reference interpreter's time says nothing

    def heads(self, rgb):
        """[probability]: an exported file has no other head."""
        return [self.probability(rgb)]

    def probability(self, rgb):
        """(H, W, channels), 0..255, of the file's size -> alpha (H, W) float32, 0..1.

        The reference keeps the fractions of the output image; the phone rounds them to 256 steps.
        """
        rgb = np.asarray(rgb)
        if self._native:
            from PIL import Image

            images = [Image.fromarray(part.astype(np.uint8)) for part in (rgb[..., :3], rgb[..., 3:].squeeze())]
            answer = self._model.predict(dict(zip(self._names[0], images, strict=False)))[self._names[1]]
            return np.asarray(answer, np.float32) / 255
        space = self._image.ColorSpace.Name(self._image.colorSpace)
        pixels = rgb[..., :3] if space == "RGB" else rgb[..., 2::-1]
        parts = [part for part in (pixels, rgb[..., 3:]) if part.shape[2]]
        return self._run(*(np.transpose(part[None], (0, 3, 1, 2)) for part in parts))[0, 0] / np.float32(255)


def _image_types(features, path, counts):
    if len(features) not in counts or any(feature.type.WhichOneof("Type") != "imageType" for feature in features):
        raise PortraitError(f"{path}: {len(features)} features where {' or '.join(map(str, counts))} images are needed")
    return [feature.type.imageType for feature in features]
