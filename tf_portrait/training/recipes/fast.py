"""The shipped fast weights, from a `final` run: the same network at 160 px, which takes half the time. Ours.

python pipelines/train.py --recipe fast --data DIR [DIR ...] --val DIR --backgrounds DIR --init runs/final
"""

import dataclasses

from tf_portrait.training.recipes.final import FINAL

FAST = dataclasses.replace(FINAL, name="fast", size=160, learning_rate=2e-4, epochs=4)
