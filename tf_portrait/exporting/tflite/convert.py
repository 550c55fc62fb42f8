"""TFLite files from a deployed model: builtin operations, a fixed batch, one tensor in and one out."""

import re

import tensorflow as tf

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.walk import consumers
from tf_portrait.exporting.tflite.depth_to_space import with_depth_to_space
from tf_portrait.inference.tflite import open_interpreter
from tf_portrait.quiet import quiet

LARGEST_MULTIPLIER = 256  # of XNNPACK: input scale x kernel scale / output scale


def convert_float(deployed, half=False):
    """A float file. deployed: of deploy(). half: weights in float16. Returns the file's bytes."""
    converter = tf.lite.TFLiteConverter.from_keras_model(with_depth_to_space(deployed))
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    with quiet():
        return converter.convert()


def convert_ptq(deployed, photos):
    """An int8 file by post-training quantization, uint8 in and out.

    photos: sequence of (1, S, S, 3) float32, RGB 0..255, that set the ranges. Returns the file's bytes.
    Raises PortraitError for a layer that is zero on all of them.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(with_depth_to_space(deployed))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    converter.representative_dataset = lambda: ([photo] for photo in photos)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    with quiet():
        content = converter.convert()
    _check_scales(content)
    return content


def _check_scales(content):
    """Raises PortraitError for a convolution that calibration saw as zero: its scale is so small that XNNPACK refuses.

    It refuses the whole file then, and says "failed to create XNNPACK runtime".
    """
    interpreter = open_interpreter(content, "int8 file", delegate=False)
    tensors = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    for operator in interpreter._get_ops_details():
        if operator["op_name"] not in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            continue
        out = tensors[operator["outputs"][0]]
        given, kernel, made = (
            tensor["quantization_parameters"]["scales"]
            for tensor in (*(tensors[index] for index in operator["inputs"][:2]), out)
        )
        if made.size and (given * kernel).max() >= LARGEST_MULTIPLIER * made[0]:
            raise PortraitError(
                f"int8: {out['name'].split(';')[-1]} is zero on all photos of the calibration, so it has no range; "
                "calibrate with more photos, or train the network (untrained ones have dead units)"
            )


def convert_int8(quantized):
    """The int8 file of a quantization-aware model, uint8 in and out.

    quantized: of quantize.qat.quantize with batch 1 and snapped kernels. Returns the file's bytes.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(quantized)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    with quiet():
        return converter.convert()


def convert_mixed(deployed, photos, keep_float):
    """An int8 file in which some layers stay float, by the converter's own calibration; float in and out.

    deployed: Keras model, its kernels snapped. photos: as for convert_ptq. keep_float: names of layers.
    """

    def batches():
        return ([photo] for photo in photos)

    converter = tf.lite.TFLiteConverter.from_keras_model(deployed)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = batches
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=_nodes_of(deployed, keep_float))
    with quiet():
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=batches, debug_options=options
        )
        return debugger.get_nondebug_quantized_model()


def _nodes_of(deployed, names):
    """Names of the tensors that these layers write in the file, each with the ReLU that is fused into it."""
    readers = consumers(deployed)
    names = {*names, *(r.name for name in names for r in readers[name] if type(r).__name__ == "ReLU")}
    interpreter = open_interpreter(convert_float(deployed), "float file", delegate=False)
    tensors = [detail["name"] for detail in interpreter.get_tensor_details()]
    return [
        tensor
        for tensor in tensors
        if any(re.sub(r"_\d+$", "", part) in names or part in names for part in re.split("[/;]", tensor))
    ]
