"""int8: calibration, quantization-aware training, sensitivity. The only place of tf_keras and tfmot."""

QAT_STATE = "qat.npz"  # what --resume goes on from; it goes once everything is made
