"""TFLite files from a deployed model: builtin operations, a fixed batch, one tensor in and one out."""

import tensorflow as tf


def convert_float(deployed, half=False):
    """A float file. deployed: of deploy(). half: weights in float16. Returns the file's bytes."""
    converter = tf.lite.TFLiteConverter.from_keras_model(deployed)
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def convert_ptq(deployed, photos):
    """An int8 file by post-training quantization, uint8 in and out.

    photos: sequence of (1, S, S, 3) float32, RGB 0..255, that set the ranges. Returns the file's bytes.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(deployed)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    converter.representative_dataset = lambda: ([photo] for photo in photos)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()
