"""What every pipeline shares: a quiet TensorFlow, the package on the path, errors as one line."""

import contextlib
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@contextlib.contextmanager
def _silence():
    """Discards what is written to standard error, by C++ too: TensorFlow greets before it reads its log level."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def run_pipeline(parse, main):
    """Calls main(parse()) and returns its exit code; a PortraitError is printed and becomes 2, Ctrl-C becomes 130."""
    from tf_portrait.errors import PortraitError

    args = parse()  # first, so that --help need not wait for Keras
    try:
        with _silence():
            import keras

            keras.distribution.list_devices()  # looking for GPUs is the loudest part
        return main(args)
    except PortraitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; go on with --resume if this was a training", file=sys.stderr)
        return 130
