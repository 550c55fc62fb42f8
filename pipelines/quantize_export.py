"""The command `tf-portrait export`, without installation: python pipelines/quantize_export.py --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.cli import run

if __name__ == "__main__":
    sys.exit(run("export", prog="python pipelines/quantize_export.py"))
