"""What every number of a recipe may be, checked once, when a recipe is made."""

import math
import re

from tf_portrait.data.fit import FITS
from tf_portrait.data.targets import TARGETS
from tf_portrait.errors import PortraitError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # names a folder below runs/
PRECISIONS = ("", "mixed_bfloat16", "mixed_float16")
OPTIMIZERS = ("adam", "adamw", "sgd")
SCHEDULES = ("step", "milestones", "cosine", "constant")
CHOICES = {
    "fit": FITS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "mixed_precision": PRECISIONS,
    "objective.boundary_on": ("second", "both"),
    "objective.target": TARGETS,
}
# From, to, both included; of a tuple, of each of its values.
RANGES = {
    "size": (32, 2048),
    "low_size": (32, 2048),
    "logit_scale": (1e-4, 1e4),
    "learning_rate": (0.0, 100.0),
    "l2": (0.0, 1.0),
    "weight_decay": (0.0, 10.0),
    "decay": (1e-6, 1.0),
    "decay_epochs": (1, 10**6),
    "warmup_epochs": (0.0, 10**6),
    "batch": (1, 4096),
    "epochs": (1, 10**6),
    "steps": (1, 10**9),
    "low_fraction": (0.0, 1.0),
    "freeze_epochs": (0, 10**6),
    "ema": (0.0, 0.999999),
    "clip_norm": (0.0, 1e9),
    "data_weights": (0.0, 1e9),
    "validation": (0.001, 0.9),
    "synthetic": (1, 10**8),
    "blend": (0.0, 1.0),
    "seed": (0, 2**31 - 1),
    "augmentation.probability": (0.0, 1.0),
    "augmentation.rotation": (0.0, 180.0),
    "augmentation.resize": (0.05, 20.0),
    "augmentation.translation": (0.0, 1.0),
    "augmentation.aspect": (1.0, 4.0),
    "augmentation.noise": (0.0, 255.0),
    "augmentation.blur": (1, 63),
    "augmentation.color": (0.0, 10.0),
    "augmentation.brightness": (0.0, 10.0),
    "augmentation.contrast": (0.0, 10.0),
    "augmentation.sharpness": (0.0, 10.0),
    "augmentation.background": (0.0, 1.0),
    "augmentation.degrade": (0.0, 1.0),
    "augmentation.turned": (0.0, 1.0),
    "augmentation.nobody": (0.0, 1.0),
    "augmentation.prior_empty": (0.0, 1.0),
    "augmentation.prior_wrong": (0.0, 1.0),
    "augmentation.prior_motion": (0.0, 0.5),
    "objective.mask": (0.0, 1e6),
    "objective.consistency": (0.0, 1e6),
    "objective.temperature": (1e-3, 1e3),
    "objective.boundary": (0.0, 1e6),
    "objective.gamma": (0.0, 20.0),
    "objective.boundary_consistency": (0.0, 1e6),
    "objective.jaccard": (0.0, 1e6),
    "objective.band": (0.0, 1e6),
    "objective.band_kernel": (1, 255),
    "objective.near": (0.0, 1e6),
    "objective.refine": (0.0, 1e6),
}
OPTIONAL = ("steps", "low_size")  # may be None
PAIRS = ("resize", "color", "brightness", "contrast", "sharpness")  # of augmentation: from, to
NETWORK_SIZES = 32  # the networks halve their input five times


def check_recipe(recipe):
    """Raises PortraitError for the first value that no training can use; the message says what it may be."""
    if not NAME.fullmatch(recipe.name):
        _refuse("name", recipe.name, "letters, digits, _ - . (it names a folder)")
    for key, allowed in CHOICES.items():
        value = _get(recipe, key)
        if value not in allowed:
            _refuse(key, repr(value), f"one of {', '.join(map(repr, allowed))}")
    for key, (low, high) in RANGES.items():
        value = _get(recipe, key)
        if value is None and key in OPTIONAL:
            continue
        for number in value if isinstance(value, tuple) else (value,):
            if not _inside(number, low, high):
                _refuse(key, value, f"{low:g} to {high:g}")
    _check_together(recipe)


def _check_together(recipe):
    for key in PAIRS:
        value = getattr(recipe.augmentation, key)
        if len(value) != 2 or value[0] > value[1]:
            _refuse(f"augmentation.{key}", value, "two numbers, from and to, e.g. 0.8,1.2")
    if any(kernel % 2 == 0 for kernel in recipe.augmentation.blur) or not recipe.augmentation.blur:
        _refuse("augmentation.blur", recipe.augmentation.blur, "odd kernels, e.g. 3,5")
    if recipe.objective.band_kernel % 2 == 0:
        _refuse("objective.band_kernel", recipe.objective.band_kernel, "odd")
    for key in ("size", "low_size"):
        value = getattr(recipe, key)
        if value is not None and value % NETWORK_SIZES:
            _refuse(key, value, f"a multiple of {NETWORK_SIZES}, e.g. {max(1, round(value / 32)) * 32}")
    for key, value in recipe.options.items():
        if not isinstance(value, bool | int | float | str | None) or value in (math.inf, -math.inf):
            _refuse(f"options.{key}", value, "a number, a word, True, False or None")
    if "size" in recipe.options:
        _refuse("options.size", recipe.options["size"], "left out; set size=... itself")
    if recipe.data_weights and not any(recipe.data_weights):
        _refuse("data_weights", recipe.data_weights, "above 0 for one data set at least")
    objective = recipe.objective
    if recipe.feedback and not (recipe.prior and objective.views == 2):
        _refuse("feedback", True, "False, or used with options.prior=True and objective.consistency above 0: two views")
    if objective.near and objective.target != "distance":
        _refuse("objective.near", objective.near, "used with objective.target=distance, or be 0")
    if objective.target == "distance" and (objective.boundary or objective.refine):
        _refuse("objective.target", objective.target, "canny, contour or adaptive where boundary or refine is above 0")
    if not any(getattr(objective, name) for name in ("mask", "jaccard", "band", "near")):
        _refuse("objective.mask", objective.mask, "above 0, or jaccard or band; nothing else says where the person is")


def _get(recipe, key):
    for part in key.split("."):
        recipe = getattr(recipe, part)
    return recipe


def _inside(number, low, high):
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    whole = not isinstance(low, int) or isinstance(number, int)
    return whole and math.isfinite(number) and low <= number <= high


def _refuse(key, value, wanted):
    raise PortraitError(f"--set {key}={value}: has to be {wanted}")
