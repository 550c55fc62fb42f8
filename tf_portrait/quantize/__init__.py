"""Quantization-aware training: the one place that imports tf_keras and tensorflow-model-optimization."""
