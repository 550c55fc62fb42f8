"""One process of a training, for tests that start several: python -m tests.training.worker [PAUSE] --data .. .

What follows is the command line of train.py. PAUSE: seconds to wait after each epoch, in which a test may kill it.
"""

import sys
import time

from tests.tiny import tiny
from tf_portrait.cli import run
from tf_portrait.quiet import quiet_keras


def main(pause, *arguments):
    quiet_keras(devices=False)
    from tf_portrait.models import NETWORKS
    from tf_portrait.training import loop

    NETWORKS["tiny"] = tiny

    def say_and_wait(history, path):
        print("epoch", history[-1]["epoch"] + 1, file=sys.stderr, flush=True)
        time.sleep(float(pause))

    loop.pictures.draw_curves = say_and_wait
    return run("train", arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
