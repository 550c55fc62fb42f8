"""ImageNet weights of keras.applications.MobileNetV2 in our encoder, re-scaled for the paper's normalization."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.models.mobilenet_v2 import STAGES, scaled
from tf_portrait.models.normalize import MEAN_BGR, SCALE

ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)


def load_imagenet_encoder(model, path=None):
    """Starts the encoder from ImageNet; features then equal Keras' on the same photo, away from the padded border.

    model: network from build("portraitnet", ...). path: `include_top=False` weights (.h5); None downloads Keras' own.
    The border differs because zero padding means the mean color here and mid-gray there; padding="symmetric" and
    "relu" encoders (preset "authors") differ by that too.
    Raises PortraitError if the file cannot be had or fits another width.
    """
    reference = _reference(_alpha(model), path)
    for ours, theirs in _pairs():
        _copy_batch_norm(model.get_layer(f"{ours}_bn"), reference.get_layer(theirs[1]))
        kernel = reference.get_layer(theirs[0]).get_weights()[0]
        if ours == "stem":
            kernel = _rescale_stem(model, kernel)
        model.get_layer(f"{ours}_conv").set_weights([kernel])
    if any(layer.name == "stage1_1_expand_conv" for layer in model.layers):
        _identity(model)


def _alpha(model):
    filters = model.get_layer("stem_conv").filters
    fitting = [alpha for alpha in ALPHAS if scaled(32, alpha) == filters]
    # 0.35 and 0.5 share a stem of 16 channels; the last block tells them apart.
    fitting = [alpha for alpha in fitting if scaled(320, alpha) == model.get_layer("stage7_1_project_conv").filters]
    if not fitting:
        raise PortraitError(f"ImageNet weights exist for width {', '.join(map(str, ALPHAS))}, not for this network")
    return fitting[0]


def _reference(alpha, path):
    if path is not None and not Path(path).is_file():
        raise PortraitError(f"{path}: no such weights file; give a MobileNetV2 .h5 or the word imagenet")
    try:
        source = "imagenet" if path is None else None
        model = keras.applications.MobileNetV2((224, 224, 3), alpha, include_top=False, weights=source)
        if path is not None:
            model.load_weights(str(path))
        return model
    except Exception as error:  # Keras raises anything from URLError to ValueError here
        if path is None:
            raise PortraitError(
                f"the ImageNet encoder could not be downloaded ({error}); pass a local file: --init FILE.h5"
            ) from error
        raise PortraitError(f"{path}: not MobileNetV2 weights of width {alpha} without top ({error})") from error


def _pairs():
    """Our layer prefix and Keras' (convolution, BatchNorm) names, in the order of the network."""
    yield "stem", ("Conv1", "bn_Conv1")
    block = 0
    for stage, (_, _, blocks, _) in enumerate(STAGES, start=1):
        for index in range(1, blocks + 1):
            theirs = f"block_{block}" if block else "expanded_conv"
            for part in ("expand", "depthwise", "project") if block else ("depthwise", "project"):
                yield f"stage{stage}_{index}_{part}", (f"{theirs}_{part}", f"{theirs}_{part}_BN")
            block += 1


def _copy_batch_norm(ours, theirs):
    """Equal at inference although the epsilons may differ."""
    gamma, beta, mean, variance = theirs.get_weights()
    gamma = gamma * np.sqrt((variance + ours.epsilon) / (variance + theirs.epsilon))
    ours.set_weights([gamma, beta, mean, variance])


def _rescale_stem(model, kernel):
    """Folds rgb/127.5 - 1 = scale * ours + offset into the kernel (3, 3, RGB, C) and the BatchNorm's mean."""
    scale = 1.0 / (SCALE * 127.5)
    offset = np.array(MEAN_BGR) / 127.5 - 1.0
    kernel = kernel[:, :, ::-1].astype("float64")
    batch_norm = model.get_layer("stem_bn")
    gamma, beta, mean, variance = batch_norm.get_weights()
    shift = np.einsum("hwio,i->o", kernel, offset)
    batch_norm.set_weights([gamma, beta, (mean - shift).astype("float32"), variance])
    kernel = (kernel * scale).astype("float32")
    priors = model.get_layer("stem_conv").kernel.shape[2] - 3
    return np.concatenate([kernel, np.zeros((3, 3, priors, kernel.shape[-1]), "float32")], axis=2)


def _identity(model):
    """The authors' expansion of the t=1 block has no twin in Keras: pass the (non-negative) stem features on."""
    channels = model.get_layer("stage1_1_expand_conv").filters
    model.get_layer("stage1_1_expand_conv").set_weights([np.eye(channels, dtype="float32")[None, None]])
    batch_norm: layers.BatchNormalization = model.get_layer("stage1_1_expand_bn")
    ones, zeros = np.ones(channels, "float32"), np.zeros(channels, "float32")
    batch_norm.set_weights([ones * np.sqrt(1 + batch_norm.epsilon), zeros, zeros, ones])
