"""Silence for libraries that write to the terminal from C++, where Python's own redirection does not reach."""

import contextlib
import os
import sys
import warnings


@contextlib.contextmanager
def quiet(streams=(1, 2)):
    """Discards what is written to these file descriptors, and Python's warnings."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {stream: os.dup(stream) for stream in streams}
    with open(os.devnull, "w") as nowhere:
        for stream in streams:
            os.dup2(nowhere.fileno(), stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, copy in kept.items():
            os.dup2(copy, stream)
            os.close(copy)


def quiet_keras(devices=True):
    """Imports Keras without TensorFlow's greetings, which come before it reads its log level.

    devices: look for GPUs too, the loudest part; not where JAX has to find other processes before it may look.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet(streams=(2,)):
        import keras

        if devices:
            keras.distribution.list_devices()
