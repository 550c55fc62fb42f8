"""What a network wants of a photo's pixels, and what its answer means."""

import dataclasses

import numpy as np

from tf_portrait.errors import PortraitError

# Name: (mean, deviation) of real value = (pixel - mean) / deviation.
INPUT_RANGES = {"0,255": (0.0, 1.0), "0,1": (0.0, 255.0), "-1,1": (127.5, 127.5)}
OUTPUTS = "person, background, logits, classes:N or logits:N"
_SLACK = 0.01  # by how much a probability may miss 0..1


@dataclasses.dataclass(frozen=True)
class Interface:
    """mean, deviation: of the real values that go in, a number or one for each channel; bgr: in that order.

    output: "person" (its probability), "background" (that of everything else), "logits" (log-odds of a person),
    "classes:N" (class numbers, or a probability for each class) or "logits:N" (of each class); the person is class N.
    """

    mean: float | tuple = 0.0
    deviation: float | tuple = 1.0
    bgr: bool = False
    output: str = "person"

    def feed(self, rgb):
        """Pixels (H, W, 3), 0..255 -> real values (H, W, 3) float32."""
        pixels = rgb[..., ::-1] if self.bgr else rgb
        return ((pixels.astype(np.float32) - self.mean) / self.deviation).astype(np.float32)

    def person(self, answer, path):
        """The network's answer (H, W), (H, W, 1) or (H, W, C) -> probability of a person (H, W) float32.

        Raises PortraitError for NaN, or for values that cannot be what `output` says. path: to be named.
        """
        if not np.isfinite(answer).all():
            raise PortraitError(f"{path}: its answer holds NaN or infinity; the file is damaged, or fed another range")
        kind, number = parse_output(self.output)
        if answer.ndim == 3 and answer.shape[2] == 1:
            answer = answer[..., 0]
        if number is None:
            if answer.ndim != 2:
                raise PortraitError(
                    f"{path}: answers with {answer.shape[2]} channels, not one map of {kind}; which class is the "
                    f"person? Say --output classes:N (probabilities) or logits:N, e.g. classes:{answer.shape[2] - 1}"
                )
            if kind == "logits":
                return _sigmoid(answer)
            _check_probability(answer, path, "logits" if kind == "person" else "logits, if a person is above 0")
            answer = np.clip(answer, 0, 1).astype(np.float32)
            return 1 - answer if kind == "background" else answer
        if answer.ndim == 2:
            return _is_class(answer, kind, number, path)
        if number >= answer.shape[2]:
            raise PortraitError(f"{path}: --output {self.output}: it has the classes 0 to {answer.shape[2] - 1} only")
        if kind == "logits":
            others = np.delete(answer.astype(np.float32), number, axis=2)
            highest = others.max(axis=2, keepdims=True)
            rest = highest[..., 0] + np.log(np.exp(others - highest).sum(axis=2))
            return _sigmoid(answer[..., number] - rest)
        _check_probability(answer, path, f"logits:{number}")
        return np.clip(answer[..., number], 0, 1).astype(np.float32)


def interface_of(input_range, output):
    """The Interface that the user tells, e.g. ("0,1", "person"). Raises PortraitError for unknown words."""
    if input_range not in INPUT_RANGES:
        raise PortraitError(f"--input-range {input_range}: use one of {', '.join(INPUT_RANGES)} (--input-range=-1,1)")
    parse_output(output)
    return Interface(*INPUT_RANGES[input_range], output=output)


def parse_output(text):
    """Kind and class number (or None) of an output's name."""
    kind, colon, number = str(text).partition(":")
    if not colon and kind in ("person", "background", "logits"):
        return kind, None
    if kind in ("classes", "logits") and number.isascii() and number.isdigit():
        return kind, int(number)
    raise PortraitError(f"--output {text}: use one of {OUTPUTS}, N the number of the person's class")


def _is_class(answer, kind, number, path):
    """Class numbers (H, W) -> 0 or 1."""
    if kind != "classes" or not np.array_equal(answer, np.round(answer)):
        raise PortraitError(f"{path}: answers with one map of fractions; say --output person, background or logits")
    return (answer == number).astype(np.float32)


def _check_probability(answer, path, instead):
    low, high = float(answer.min()), float(answer.max())
    if low < -_SLACK or high > 1 + _SLACK:
        raise PortraitError(
            f"{path}: its values reach from {low:.4g} to {high:.4g}, no probabilities; say --output {instead}, "
            "or classes:N for class numbers"
        )


def _sigmoid(x):
    return (1 / (1 + np.exp(-np.clip(x.astype(np.float32), -80, 80)))).astype(np.float32)
