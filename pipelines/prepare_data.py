"""The command `tf-portrait prepare_data`, without installation: python pipelines/prepare_data.py --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.cli import run

if __name__ == "__main__":
    sys.exit(run("prepare_data", prog="python pipelines/prepare_data.py"))
