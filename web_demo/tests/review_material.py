"""Writes a set of drawn portraits to review: python web_demo/tests/review_material.py FOLDER COUNT [SIZE]."""

import json
import shutil
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.masks import encode_mask

folder, count, size = Path(sys.argv[1]), int(sys.argv[2]), int([*sys.argv, 96][3])
portraits = SyntheticPortraits(min(count, 24), size, seed=3)
for name in ("images", "masks"):
    (folder / name).mkdir(parents=True)
for index in range(count):
    image, mask = folder / f"images/{index:04d}.jpg", folder / f"masks/{index:04d}.png"
    if index < len(portraits):
        photo, person = portraits[index]
        Image.fromarray(photo).save(image, quality=92)
        mask.write_bytes(encode_mask(person))
    else:
        for path in (image, mask):
            shutil.copy(path.with_stem(f"{index % len(portraits):04d}"), path)
(folder / "disagreement.json").write_text(json.dumps({f"{n:04d}.jpg": n / count for n in range(count)}))
