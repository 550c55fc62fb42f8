"""Running a saved ML program (.mlpackage) operation by operation.

Read from the protobuf and the weight file on disk, not from coremltools' program in memory: the file is checked.
"""

import math
from pathlib import Path

import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.coreml import ops

_SENTINEL = 0xDEADBEEF
# Data types of MIL.proto that weights and constants have here.
_DTYPES = {1: np.bool_, 10: np.float16, 11: np.float32, 12: np.float64, 21: np.int8, 22: np.int16, 23: np.int32,
           24: np.int64, 31: np.uint8, 32: np.uint16, 33: np.uint32}  # fmt: skip


class MLProgram:
    """The main function of an ML program. __call__(image (1, 3, H, W)[, prior (1, 1, H, W)]) -> its output."""

    def __init__(self, spec, package):
        function = spec.mlProgram.functions["main"]
        self._block = function.block_specializations[function.opset]
        self._data = Path(package) / "Data" / "com.apple.CoreML"
        self._inputs, self._output = [feature.name for feature in function.inputs], self._block.outputs[0]
        self._constants = {}
        for operation in self._block.operations:
            if operation.type == "const" or operation.type.startswith("constexpr"):
                self._constants[operation.outputs[0].name] = self._constant(operation)
            elif operation.type not in OPERATIONS:
                raise PortraitError(
                    f"{package}: the reference interpreter does not know the operation {operation.type} "
                    f"({operation.outputs[0].name}); add it to export/coreml_mil.py"
                )

    def __call__(self, *images):
        named = zip(self._inputs, images, strict=True)
        values = {**self._constants, **{name: np.asarray(image, np.float32) for name, image in named}}
        for operation in self._block.operations:
            if operation.outputs[0].name not in self._constants:
                arguments = {key: self._argument(value, values) for key, value in operation.inputs.items()}
                result = OPERATIONS[operation.type](**arguments)
                values[operation.outputs[0].name] = result.astype(np.float32)
        return values[self._output]

    def _argument(self, argument, values):
        found = [
            values[binding.name] if binding.WhichOneof("binding") == "name" else self._value(binding.value)
            for binding in argument.arguments
        ]
        return found if len(found) > 1 else found[0]

    def _constant(self, operation):
        if operation.type == "const":
            return self._value(operation.attributes["val"])
        parts = {key: self._value(value) for key, value in operation.attributes.items() if key != "name"}
        if operation.type not in CONSTANT_EXPRESSIONS:
            raise PortraitError(f"the reference interpreter does not know {operation.type}; add it to coreml_mil.py")
        return CONSTANT_EXPRESSIONS[operation.type](**parts)

    def _value(self, value):
        kind = value.type.tensorType
        shape = [dimension.constant.size for dimension in kind.dimensions]
        if value.WhichOneof("value") == "blobFileValue":
            path = self._data / value.blobFileValue.fileName.removeprefix("@model_path/")
            return _blob(path, value.blobFileValue.offset, _DTYPES[kind.dataType], shape)
        tensor = value.immediateValue.tensor
        which = tensor.WhichOneof("value")
        if which == "strings":
            return tensor.strings.values[0]
        if which == "bytes":
            array = np.frombuffer(tensor.bytes.values, _DTYPES[kind.dataType])
        else:
            array = np.array(getattr(tensor, which).values, _DTYPES[kind.dataType])
        return array.reshape(shape) if shape else array[0]


def _blob(path, offset, dtype, shape):
    """An array of the weight file: a 64-byte record at the offset says where the data lies and how long it is."""
    with open(path, "rb") as file:
        file.seek(offset)
        record = file.read(64).ljust(64, b"\0")
        size, start = (int(value) for value in np.frombuffer(record, np.uint64, 2, 8))
        expected = math.prod(shape) * np.dtype(dtype).itemsize
        if np.frombuffer(record, np.uint32, 1)[0] != _SENTINEL or size != expected:
            raise PortraitError(f"{path}: no blob of {expected} bytes at {offset}; the package is damaged")
        file.seek(start)
        data = file.read(size)
    if len(data) != size:
        raise PortraitError(f"{path}: ends inside the blob at {offset}; the package is damaged")
    return np.frombuffer(data, dtype).reshape(shape)


def _conv(x, weight, strides, pad_type, bias=None, pad=None, dilations=(1, 1), groups=1):
    strides, dilations = np.ravel(strides).tolist(), np.ravel(dilations).tolist()
    if pad_type == "same":
        pad = ops.same_pads(x.shape[2:], weight.shape[2:], strides, dilations)
    elif pad_type == "valid":
        pad = (0, 0, 0, 0)
    elif pad_type != "custom":
        raise PortraitError(f"the reference interpreter does not know conv with pad_type={pad_type}")
    return ops.conv(x, np.float32(weight), bias, strides, pad, dilations, int(groups))


def _conv_transpose(x, weight, strides, pad_type, bias=None, pad=None, groups=1, dilations=(1, 1), output_shape=None):
    if groups != 1 or np.any(np.ravel(dilations) != 1) or pad_type not in ("same", "valid", "custom"):
        raise PortraitError("the reference interpreter knows conv_transpose without groups and dilations only")
    strides = np.ravel(strides).tolist()
    crops = {"same": ops.same_crops(weight.shape[2:], strides), "valid": (0, 0, 0, 0), "custom": pad}[pad_type]
    return ops.conv_transpose(x, np.float32(weight), bias, strides, crops)


def _upsample_bilinear(x, scale_factor_height=1, scale_factor_width=1, align_corners=True, half_pixel_centers=None):
    if half_pixel_centers is not None and bool(half_pixel_centers) == bool(align_corners):
        raise PortraitError("the reference interpreter knows bilinear with pixel centers or aligned corners only")
    return ops.upsample_bilinear(x, (float(scale_factor_height), float(scale_factor_width)), bool(align_corners))


def _max_pool(x, kernel_sizes, strides, pad_type, pad=None, ceil_mode=False):
    kernel, strides = np.ravel(kernel_sizes).tolist(), np.ravel(strides).tolist()
    if ceil_mode:
        raise PortraitError("the reference interpreter knows max_pool that does not round up only")
    same = ops.same_pads(x.shape[2:], kernel, strides)
    pads = {"valid": (0, 0, 0, 0), "same": same, "custom": pad if pad is None else np.ravel(pad)}[pad_type]
    return ops.max_pool(x, kernel, strides, pads)


def _pad(x, pad, mode="constant", constant_val=0.0):
    pad = np.ravel(pad)
    if mode not in ("constant", "reflect"):
        raise PortraitError("the reference interpreter knows padding with a constant or mirrored only")
    if np.any(pad[:-4]):  # channels
        edges = [(0, 0)] * (x.ndim - len(pad) // 2) + pad.reshape(-1, 2).tolist()
        return np.pad(x, edges, constant_values=constant_val)
    return ops.pad(x, pad[-4:], constant_val if mode == "constant" else None)


def _slice_by_index(x, begin, end, stride=None, begin_mask=None, end_mask=None, squeeze_mask=None):
    if np.any(squeeze_mask):
        raise PortraitError("the reference interpreter knows slice_by_index without squeezing only")
    stride, begin_mask, end_mask = (
        [default] * x.ndim if value is None else np.ravel(value).tolist()
        for value, default in ((stride, 1), (begin_mask, False), (end_mask, False))
    )
    return ops.sliced(x, np.ravel(begin).tolist(), np.ravel(end).tolist(), stride, begin_mask, end_mask)


def _resize_bilinear(x, target_size_height, target_size_width, sampling_mode="DEFAULT"):
    if sampling_mode != "STRICT_ALIGN_CORNERS":
        raise PortraitError(f"the reference interpreter does not know resize_bilinear with {sampling_mode}")
    return ops.resize_bilinear(x, (target_size_height, target_size_width))


def _matmul(x, y, transpose_x=False, transpose_y=False):
    x, y = (np.swapaxes(v, -1, -2) if swap else v for v, swap in ((x, transpose_x), (y, transpose_y)))
    return np.float32(x) @ np.float32(y)


def _block(block_shape):
    height, width = np.ravel(block_shape).tolist()
    if height != width:
        raise PortraitError("the reference interpreter knows square blocks of space_to_batch only")
    return height


OPERATIONS = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "upsample_bilinear": _upsample_bilinear,
    "pad": _pad,
    "max_pool": _max_pool,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, alpha: np.where(x < 0, np.float32(alpha) * x, x),
    "relu6": lambda x: np.clip(x, 0, 6),
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "equal": lambda x, y: x == y,
    "select": lambda cond, a, b: np.where(cond, a, b),
    "slice_by_index": _slice_by_index,
    "resize_bilinear": _resize_bilinear,
    "depth_to_space": lambda x, block_size: ops.depth_to_space(x, int(block_size)),
    "space_to_batch": lambda x, block_shape, paddings: ops.space_to_batch(x, _block(block_shape), np.ravel(paddings)),
    "batch_to_space": lambda x, block_shape, crops: ops.batch_to_space(x, _block(block_shape), np.ravel(crops)),
    "matmul": _matmul,
    "sigmoid": ops.sigmoid,
    "reduce_mean": lambda x, axes, keep_dims: x.mean(tuple(np.ravel(axes).tolist()), keepdims=bool(keep_dims)),
    "cast": lambda x, dtype: x,  # computed in float32 throughout; float16 shows in the weights
    "transpose": lambda x, perm: np.transpose(x, perm),
    "squeeze": lambda x, axes=None: np.squeeze(x, None if axes is None else tuple(np.ravel(axes).tolist())),
    "expand_dims": lambda x, axes: np.expand_dims(x, tuple(np.ravel(axes).tolist())),
    "reshape": lambda x, shape: np.reshape(x, np.ravel(shape).tolist()),
    "concat": lambda values, axis, interleave=False: np.concatenate(values, int(axis)),
}


def _affine_dequantize(quantized_data, zero_point, scale, axis):
    shape = [1] * quantized_data.ndim
    shape[int(axis)] = -1

    def spread(value):
        return np.reshape(np.float32(value), shape) if np.ndim(value) else np.float32(value)

    return spread(scale) * (quantized_data.astype(np.float32) - spread(zero_point))


def _lut_to_dense(indices, lut, shape):
    count, bits = math.prod(int(size) for size in shape), int(math.log2(lut.size))
    flags = np.unpackbits(indices.view(np.uint8), bitorder="little")[: count * bits].reshape(count, bits)
    return lut[flags @ (1 << np.arange(bits))].reshape([int(size) for size in shape])


CONSTANT_EXPRESSIONS = {"constexpr_affine_dequantize": _affine_dequantize, "constexpr_lut_to_dense": _lut_to_dense}
