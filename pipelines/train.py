"""The command `tf-portrait train`, without installation: python pipelines/train.py --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.cli import run

if __name__ == "__main__":
    sys.exit(run("train", prog="python pipelines/train.py"))
