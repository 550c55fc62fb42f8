"""The shipped models that take the previous mask, which come as files alone, as exports in the app: videos.py APP"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tf_portrait.exporting.android import copy_to_app
from tf_portrait.exporting.web import shipped_export
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.models.archive import WEIGHTS


def main(app):
    for path in sorted(WEIGHTS.glob("*.tflite")):
        if Segmenter(path).prior:
            with tempfile.TemporaryDirectory() as work:
                print(f"-> {copy_to_app(shipped_export(path.stem, Path(work) / path.stem), app)}")


if __name__ == "__main__":
    main(sys.argv[1])
