"""The shipped fast weights, from a `final` run: as `softened`, at 160 px, which takes half the time. Ours.

python pipelines/train.py --recipe fast --data SOFT [SOFT ...] --val DIR --backgrounds DIR --init runs/final
"""

import dataclasses

from tf_portrait.training.recipes.softened import SOFTENED

FAST = dataclasses.replace(SOFTENED, name="fast", size=160, epochs=15)
