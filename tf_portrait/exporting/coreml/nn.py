"""Running a saved neural network (.mlmodel) layer by layer, from its protobuf."""

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.coreml import ops


class NeuralNetwork:
    """A neural network of Core ML. __call__(image (1, 3, H, W)[, prior (1, 1, H, W)]) -> its output."""

    def __init__(self, spec, path):
        self._layers = spec.neuralNetwork.layers
        self._inputs = [feature.name for feature in spec.description.input]
        self._output = spec.description.output[0].name
        for layer in self._layers:
            if layer.WhichOneof("layer") not in LAYERS:
                raise PortraitError(
                    f"{path}: the reference interpreter does not know the layer {layer.WhichOneof('layer')} "
                    f"({layer.name}); add it to export/coreml_nn.py"
                )
        self._scales = _preprocessing(spec, path)

    def __call__(self, image, *prior):
        scale, bias = self._scales
        image = np.asarray(image, np.float32) * scale + bias
        values = {name: np.float32(part) for name, part in zip(self._inputs, (image, *prior), strict=True)}
        for layer in self._layers:
            kind = layer.WhichOneof("layer")
            inputs = [values[name] for name in layer.input]
            values[layer.output[0]] = LAYERS[kind](getattr(layer, kind), *inputs).astype(np.float32)
        return values[self._output]


def _preprocessing(spec, path):
    """Scale and bias (3, 1, 1) of the input image, in its own order of channels."""
    scale, bias = 1.0, np.zeros((3, 1, 1), np.float32)
    kinds = spec.description.input[0].type.imageType
    rgb = kinds.colorSpace == kinds.ColorSpace.Value("RGB")
    for step in spec.neuralNetwork.preprocessing:
        if step.WhichOneof("preprocessor") != "scaler":
            raise PortraitError(f"{path}: the reference interpreter knows no other preprocessing than the scaler")
        biases = [step.scaler.redBias, step.scaler.greenBias, step.scaler.blueBias]
        scale, bias = step.scaler.channelScale, np.float32(biases if rgb else biases[::-1]).reshape(3, 1, 1)
    return scale, bias


def _weights(params, shape, axis=0):
    """A weight of any storage as float32 of this shape; axis: of the scales of quantized ones."""
    if len(params.floatValue):
        return np.array(params.floatValue, np.float32).reshape(shape)
    if len(params.float16Value):
        return np.frombuffer(params.float16Value, np.float16).astype(np.float32).reshape(shape)
    quantization, count = params.quantization, int(np.prod(shape))
    bits = quantization.numberOfBits
    flags = np.unpackbits(np.frombuffer(params.rawValue, np.uint8))[: count * bits].reshape(count, bits)
    index = flags @ (1 << np.arange(bits)[::-1])
    if quantization.WhichOneof("QuantizationType") == "lookupTableQuantization":
        return np.array(quantization.lookupTableQuantization.floatValue, np.float32)[index].reshape(shape)
    column = [1] * len(shape)
    column[axis] = -1
    scale = np.array(quantization.linearQuantization.scale, np.float32).reshape(column)
    bias = np.array(quantization.linearQuantization.bias, np.float32).reshape(column)
    return index.reshape(shape).astype(np.float32) * scale + bias


def _edges(amounts):
    edges = [(edge.startEdgeSize, edge.endEdgeSize) for edge in amounts.borderAmounts] or [(0, 0), (0, 0)]
    return [size for edge in edges for size in edge]


def _convolution(params, x):
    kernel, strides = list(params.kernelSize) or [3, 3], list(params.stride) or [1, 1]
    groups, filters = params.nGroups or 1, params.outputChannels
    bias = _weights(params.bias, (filters,)) if params.hasBias else None
    padding = params.WhichOneof("ConvolutionPaddingType")
    edges = None if padding == "same" else _edges(params.valid.paddingAmounts)
    if params.isDeconvolution:
        if groups != 1:
            raise PortraitError("the reference interpreter knows deconvolution without groups only")
        weight = _weights(params.weights, (x.shape[1], filters, *kernel), axis=1)
        return ops.conv_transpose(x, weight, bias, strides, edges or ops.same_crops(kernel, strides))
    dilations = list(params.dilationFactor) or [1, 1]
    weight = _weights(params.weights, (filters, params.kernelChannels, *kernel))
    pads = ops.same_pads(x.shape[2:], kernel, strides, dilations) if edges is None else edges
    return ops.conv(x, weight, bias, strides, pads, dilations, groups)


def _activation(params, x):
    kind = params.WhichOneof("NonlinearityType")
    if kind == "linear":
        return params.linear.alpha * x + params.linear.beta
    if kind == "leakyReLU":
        return np.where(x < 0, params.leakyReLU.alpha * x, x)
    known = {"ReLU": lambda x: np.maximum(x, 0), "sigmoid": ops.sigmoid}
    if kind not in known:
        raise PortraitError(f"the reference interpreter does not know the activation {kind}; add it to coreml_nn.py")
    return known[kind](x)


def _unary(params, x):
    if params.type != params.Operation.Value("THRESHOLD"):
        name = params.Operation.Name(params.type)
        raise PortraitError(f"the reference interpreter does not know the unary function {name}")
    return np.maximum(params.scale * x + params.shift, params.alpha)


def _upsample(params, x):
    bilinear = params.mode == params.InterpolationMode.Value("BILINEAR")
    mode = params.LinearUpsampleMode.Name(params.linearUpsampleMode)
    if not bilinear or mode == "DEFAULT":
        raise PortraitError(f"the reference interpreter does not know upsampling with mode {mode}")
    factors = list(params.fractionalScalingFactor) or list(params.scalingFactor)
    return ops.upsample_bilinear(x, factors, mode == "ALIGN_CORNERS_TRUE")


def _pooling(params, x):
    kind = params.PoolingType.Name(params.type)
    if kind == "AVERAGE" and params.globalPooling:
        return x.mean((2, 3), keepdims=True)
    kernel, strides = list(params.kernelSize), list(params.stride)
    padding = params.WhichOneof("PoolingPaddingType")
    if kind != "MAX" or padding not in ("valid", "same"):
        raise PortraitError("the reference interpreter knows global means and max pooling that does not round up only")
    same = ops.same_pads(x.shape[2:], kernel, strides)
    return ops.max_pool(x, kernel, strides, _edges(params.valid.paddingAmounts) if padding == "valid" else same)


def _padding(params, x):
    kind = params.WhichOneof("PaddingType")
    if kind not in ("constant", "reflection"):
        raise PortraitError("the reference interpreter knows padding with a constant or mirrored only")
    return ops.pad(x, _edges(params.paddingAmounts), params.constant.value if kind == "constant" else None)


def _constant_pad(params, x):
    return np.pad(x, np.reshape(params.padAmounts, (-1, 2)).astype(int), constant_values=params.value)


def _slice_static(params, x):
    return ops.sliced(x, params.beginIds, params.endIds, params.strides, params.beginMasks, params.endMasks)


def _resize_bilinear(params, x):
    if params.mode.samplingMethod != params.mode.Method.Value("STRICT_ALIGN_ENDPOINTS_MODE"):
        raise PortraitError("the reference interpreter knows resizeBilinear with strictly aligned endpoints only")
    return ops.resize_bilinear(x, params.targetSize)


def _matmul(params, x):
    shape = (params.weightMatrixSecondDimension, params.weightMatrixFirstDimension)
    return x @ _weights(params.weights, shape).T


def _reorganize(params, x):
    kinds = {"DEPTH_TO_SPACE": ops.depth_to_space, "SPACE_TO_DEPTH": ops.space_to_depth}
    kind = params.ReorganizationType.Name(params.mode)
    if kind not in kinds:
        raise PortraitError(f"the reference interpreter does not know the rearrangement {kind}")
    return kinds[kind](x, params.blockSize)


def _constant(params):
    return _weights(params.data, tuple(params.shape))


LAYERS = {
    "convolution": _convolution,
    "activation": _activation,
    "unary": _unary,
    "upsample": _upsample,
    "padding": _padding,
    "pooling": _pooling,
    "add": lambda params, x, y=None: x + (params.alpha if y is None else y),
    "addBroadcastable": lambda params, x, y: x + y,
    "multiplyBroadcastable": lambda params, x, y: x * y,
    "whereBroadcastable": lambda params, condition, x, y: np.where(condition, x, y),
    "crop": lambda params, x: ops.crop(x, _edges(params.cropAmounts)),
    "equal": lambda params, x, y: x == y,
    "loadConstantND": _constant,
    "constantPad": _constant_pad,
    "sliceStatic": _slice_static,
    "resizeBilinear": _resize_bilinear,
    "batchedMatmul": _matmul,
    "reorganizeData": _reorganize,
    "multiply": lambda params, x, y=None: x * (params.alpha if y is None else y),
    "concat": lambda params, *inputs: np.concatenate(inputs, axis=1),
    "concatND": lambda params, *inputs: np.concatenate(inputs, axis=params.axis),
    "transpose": lambda params, x: np.transpose(x, list(params.axes)),
    "squeeze": lambda params, x: np.squeeze(x, tuple(params.axes)),
    "reshapeStatic": lambda params, x: np.reshape(x, list(params.targetShape)),
}
