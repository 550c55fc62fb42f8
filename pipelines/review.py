"""The command `tf-portrait review`, without installation: python pipelines/review.py --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.cli import run

if __name__ == "__main__":
    sys.exit(run("review", prog="python pipelines/review.py"))
