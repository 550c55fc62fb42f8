"""The command `tf-portrait label`, without installation: python pipelines/pseudo_label.py --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.cli import run

if __name__ == "__main__":
    sys.exit(run("label", prog="python pipelines/pseudo_label.py"))
