"""What every pipeline shares: a quiet TensorFlow, the package on the path, errors as one line."""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def run_pipeline(parse, main):
    """Calls main(parse()) and returns its exit code; a PortraitError is printed and becomes 2, Ctrl-C becomes 130."""
    from tf_portrait.errors import PortraitError
    from tf_portrait.quiet import quiet

    args = parse()  # first, so that --help need not wait for Keras
    try:
        with quiet(streams=(2,)):  # TensorFlow greets before it reads its log level
            import keras

            keras.distribution.list_devices()  # looking for GPUs is the loudest part
        return main(args)
    except PortraitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; go on with --resume if this was a training", file=sys.stderr)
        return 130
