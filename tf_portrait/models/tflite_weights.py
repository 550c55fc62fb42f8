"""A float .tflite convolution network as a trainable Keras model, and its weights for a network of ours."""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from tf_portrait.errors import PortraitError
from tf_portrait.models.normalize import normalize
from tf_portrait.models.tflite_graph import read_graph

TOLERANCE = 1e-3  # of the largest log-odds, between a file and the network that its weights were put into
_ACTIVATIONS = {0: None, 1: "relu", 3: "relu6"}  # the schema's fused ones
_PADDINGS = {0: "same", 1: "valid"}
_CUSTOM_TRANSPOSED = "Convolution2DTransposeBias"  # MediaPipe's own


def model_from_tflite(path):
    """The file's network, what goes in and comes out as in the file: (1, H, W, C) float -> (1, H', W', C').

    Read: float32 and float16 files of one input and one output, of CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and
    MediaPipe's Convolution2DTransposeBias with constant weights, AVERAGE_POOL_2D and MEAN over the whole picture,
    RESIZE_BILINEAR by a whole factor, DEPTH_TO_SPACE, ADD, MUL, CONCATENATION, PAD, RELU, RELU6, HARD_SWISH, LOGISTIC.
    Raises PortraitError for anything else, naming the operation and its place.
    """
    graph = read_graph(_read(path), path)
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise PortraitError(f"{path}: {len(graph.inputs)} inputs and {len(graph.outputs)} outputs; one of each is read")
    image = keras.Input(batch_shape=graph.shapes[graph.inputs[0]], name="image")
    tensors, weights = {graph.inputs[0]: image}, {}
    for operation in graph.operations:
        try:
            tensors[operation.output] = _layer(graph, operation, tensors, weights)
        except _Unreadable as why:
            raise PortraitError(
                f"{path}: operation {operation.place}, {operation.name}, cannot be read: {why}"
            ) from why
        if tuple(tensors[operation.output].shape) != graph.shapes[operation.output]:
            raise PortraitError(
                f"{path}: operation {operation.place}, {operation.name}, gives {graph.shapes[operation.output]} in the "
                f"file and {tuple(tensors[operation.output].shape)} here: it cannot be read"
            )
    model = keras.Model(image, tensors[graph.outputs[0]], name="tflite")
    for name, values in weights.items():
        model.get_layer(name).set_weights(values)
    return model


def load_tflite(network, path):
    """Puts the weights of a .tflite file into a network of the same graph, layer by layer from the input on.

    network: normalized BGR (B, H, W, 3) -> {"mask": log-odds (B, H, W, 1)}; the file: RGB 0..1 -> probability.
    Raises PortraitError if the shapes do not fit, or if the network then does not answer as the file does.
    """
    source = model_from_tflite(path)
    given, wanted = _weighted(source.outputs[0]), _weighted(network.output["mask"])
    shapes = [[tuple(weight.shape) for weight in layer.weights] for layer in wanted]
    if shapes != [[tuple(weight.shape) for weight in layer.weights] for layer in given]:
        raise PortraitError(f"--init {path}: holds another network than {network.name}")
    before = network.get_weights()
    for number, (layer, other) in enumerate(zip(wanted, given, strict=True)):
        kernel, *bias = other.get_weights()
        layer.set_weights([kernel[:, :, ::-1] if number == 0 else kernel, *bias])  # the stem reads BGR here
    if network.input_shape[1] in (None, source.input_shape[1]):
        rgb = np.random.default_rng(0).uniform(0, 1, source.input_shape).astype(np.float32)
        answer = ops.convert_to_numpy(network(normalize(255.0 * rgb), training=False)["mask"])
        wanted = ops.convert_to_numpy(_log_odds(source)(rgb))
        apart = float(np.abs(answer - wanted).max())
        if apart > TOLERANCE * np.abs(wanted).max():
            network.set_weights(before)
            raise PortraitError(
                f"--init {path}: its weights fit {network.name}, but it is another network: log-odds {apart:.3f} apart"
            )


class _Unreadable(Exception):
    """What is the matter with an operation."""


def _read(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise PortraitError(f"{path}: cannot be read ({error.strerror})") from error


def _log_odds(source):
    """The network in front of its last sigmoid, or all of it where there is none."""
    last = source.outputs[0]._keras_history.operation
    sigmoid = isinstance(last, layers.Activation) and last.activation is keras.activations.sigmoid
    return keras.Model(source.input, last.input) if sigmoid else source


def _weighted(tensor):
    """Layers with weights that make a tensor, each behind those that it reads, its inputs in their order."""
    found, seen = [], set()

    def visit(tensor):
        layer = tensor._keras_history.operation
        if layer.name in seen:
            return
        seen.add(layer.name)
        if not isinstance(layer, layers.InputLayer):
            for inner in layer.input if isinstance(layer.input, list) else [layer.input]:
                visit(inner)
        if layer.weights:
            found.append(layer)

    visit(tensor)
    return found


def _layer(graph, operation, tensors, weights):
    """The Keras tensor that an operation makes; weights: {layer name: arrays}, added to."""
    if operation.name not in _BUILDERS:
        raise _Unreadable(f"only {', '.join(_BUILDERS)} can be")
    name, options = f"op{operation.place}", operation.options
    x, constants = _BUILDERS[operation.name](graph, operation, tensors, name)
    if constants:
        weights[name] = constants
    fused = getattr(options, "fusedActivationFunction", 0)
    if fused not in _ACTIVATIONS:
        raise _Unreadable(f"the schema's fused activation number {fused}")
    return layers.Activation(_ACTIVATIONS[fused], name=f"{name}_activation")(x) if fused else x


def _computed(graph, operation, tensors, count):
    """The operation's first inputs, which have to be computed and not constant."""
    numbers = operation.inputs[:count]
    constant = [number for number in numbers if number not in tensors]
    if constant:
        raise _Unreadable(f"its input {operation.inputs.index(constant[0])} is a constant")
    return [tensors[number] for number in numbers]


def _constants(graph, numbers):
    """The arrays of inputs that have to be constant."""
    missing = [number for number in numbers if number not in graph.constants]
    if missing:
        raise _Unreadable("its weights are computed, not constant")
    return [graph.constants[number] for number in numbers]


def _kernel_and_bias(graph, numbers):
    """numbers: kernel and, if it has one, bias (-1: none)."""
    return _constants(graph, [number for number in numbers if number >= 0])


def _convolution(graph, operation, tensors, name):
    (x,), options = _computed(graph, operation, tensors, 1), operation.options
    kernel, *bias = _kernel_and_bias(graph, operation.inputs[1:])
    if kernel.shape[3] != x.shape[3]:
        raise _Unreadable(f"a grouped one: {x.shape[3]} channels, kernel {kernel.shape}")
    layer = layers.Conv2D(kernel.shape[0], kernel.shape[1:3], use_bias=bool(bias), name=name, **_window(options))
    return layer(x), [kernel.transpose(1, 2, 3, 0), *bias]


def _depthwise(graph, operation, tensors, name):
    (x,), options = _computed(graph, operation, tensors, 1), operation.options
    kernel, *bias = _kernel_and_bias(graph, operation.inputs[1:])
    if kernel.shape[3] != x.shape[3]:
        raise _Unreadable(f"{kernel.shape[3]} channels out of {x.shape[3]}; one of each is read")
    layer = layers.DepthwiseConv2D(kernel.shape[1:3], use_bias=bool(bias), name=name, **_window(options))
    return layer(x), [kernel.transpose(1, 2, 3, 0), *bias]


def _window(options):
    """Strides, padding and dilation of a convolution."""
    return {
        "strides": (options.strideH, options.strideW),
        "padding": _PADDINGS[options.padding],
        "dilation_rate": (options.dilationHFactor, options.dilationWFactor),
    }


def _transposed(graph, operation, tensors, name):
    """TRANSPOSE_CONV: output shape, kernel (out, h, w, in), input, and a bias where there is one."""
    _, kernel_number, source, *bias_number = operation.inputs
    options, x = operation.options, tensors.get(source)
    if x is None:
        raise _Unreadable("its input is a constant")
    kernel, *bias = _kernel_and_bias(graph, [kernel_number, *bias_number])
    stride = (options.strideH, options.strideW)
    return _deconvolution(x, kernel, bias, stride, _PADDINGS[options.padding], name)


def _custom_transposed(graph, operation, tensors, name):
    """MediaPipe's: input, kernel (out, h, w, in), bias; options: TfLitePadding, then width and height of the stride."""
    (x,) = _computed(graph, operation, tensors, 1)
    kernel, *bias = _kernel_and_bias(graph, operation.inputs[1:])
    if len(operation.custom) != 12:
        raise _Unreadable(f"{len(operation.custom)} bytes of options in place of 12")
    padding, width, height = np.frombuffer(operation.custom, "<i4").tolist()
    if padding not in (1, 2):
        raise _Unreadable(f"padding number {padding}")
    return _deconvolution(x, kernel, bias, (height, width), {1: "same", 2: "valid"}[padding], name)


def _deconvolution(x, kernel, bias, stride, padding, name):
    layer = layers.Conv2DTranspose(kernel.shape[0], kernel.shape[1:3], stride, padding, use_bias=bool(bias), name=name)
    return layer(x), [kernel.transpose(1, 2, 0, 3), *bias]


def _depth_to_space(graph, operation, tensors, name):
    """As a transposed convolution of ones and zeros, which trains like any other."""
    (x,), block = _computed(graph, operation, tensors, 1), operation.options.blockSize
    channels = x.shape[3] // block**2
    kernel = np.eye(x.shape[3], dtype=np.float32).reshape(block, block, channels, x.shape[3]).transpose(2, 0, 1, 3)
    return _deconvolution(x, kernel, [], (block, block), "valid", name)


def _average_pool(graph, operation, tensors, name):
    (x,), options = _computed(graph, operation, tensors, 1), operation.options
    if (options.filterHeight, options.filterWidth) != tuple(x.shape[1:3]) or _PADDINGS[options.padding] != "valid":
        raise _Unreadable(f"a window of {options.filterHeight}x{options.filterWidth} in {x.shape[1]}x{x.shape[2]}")
    return layers.GlobalAveragePooling2D(keepdims=True, name=name)(x), None


def _mean(graph, operation, tensors, name):
    (x,), (axes,) = _computed(graph, operation, tensors, 1), _constants(graph, operation.inputs[1:])
    if sorted(int(axis) % 4 for axis in np.ravel(axes)) != [1, 2] or not operation.options.keepDims:
        raise _Unreadable(f"over the axes {np.ravel(axes).tolist()}; height and width, kept, are read")
    return layers.GlobalAveragePooling2D(keepdims=True, name=name)(x), None


def _resize(graph, operation, tensors, name):
    (x,), (size,) = _computed(graph, operation, tensors, 1), _constants(graph, operation.inputs[1:])
    factors = [new / old for new, old in zip(size.tolist(), x.shape[1:3], strict=True)]
    if operation.options.alignCorners or not operation.options.halfPixelCenters:
        raise _Unreadable("not of half-pixel centers")
    if any(factor != int(factor) for factor in factors):
        raise _Unreadable(f"by {factors[0]:g} x {factors[1]:g}, no whole factors")
    return layers.UpSampling2D([int(f) for f in factors], interpolation="bilinear", name=name)(x), None


def _merge(kind):
    def build(graph, operation, tensors, name):
        return kind(name=name)(_computed(graph, operation, tensors, len(operation.inputs))), None

    return build


def _concatenate(graph, operation, tensors, name):
    parts = _computed(graph, operation, tensors, len(operation.inputs))
    return layers.Concatenate(operation.options.axis, name=name)(parts), None


def _pad(graph, operation, tensors, name):
    (x,), (widths,) = _computed(graph, operation, tensors, 1), _constants(graph, operation.inputs[1:])
    if widths[[0, 3]].any():
        raise _Unreadable(f"by {widths.tolist()}: more than height and width")
    return layers.ZeroPadding2D(widths[1:3].tolist(), name=name)(x), None


def _activation(kind):
    def build(graph, operation, tensors, name):
        return layers.Activation(kind, name=name)(*_computed(graph, operation, tensors, 1)), None

    return build


_BUILDERS = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
    _CUSTOM_TRANSPOSED: _custom_transposed,
    "DEPTH_TO_SPACE": _depth_to_space,
    "AVERAGE_POOL_2D": _average_pool,
    "MEAN": _mean,
    "RESIZE_BILINEAR": _resize,
    "ADD": _merge(layers.Add),
    "MUL": _merge(layers.Multiply),
    "CONCATENATION": _concatenate,
    "PAD": _pad,
    "RELU": _activation("relu"),
    "RELU6": _activation("relu6"),
    "HARD_SWISH": _activation("hard_swish"),
    "LOGISTIC": _activation("sigmoid"),
}
