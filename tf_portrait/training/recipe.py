"""Recipes: everything that decides a training run but the data, as one frozen dataclass."""

import ast
import dataclasses

from tf_portrait.data.augmentation import PAPER, Augmentation
from tf_portrait.errors import PortraitError, did_you_mean
from tf_portrait.losses import OBJECTIVES, Objective
from tf_portrait.training.ranges import check_recipe


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One training run.

    network, options: for models.build. size: pixels of the square input. fit: "stretch" | "letterbox".
    init: "" (random), "imagenet", or a file. logit_scale: what the logits of the start are multiplied by.
    optimizer: "adam" | "adamw" | "sgd". l2 is coupled (in the loss), weight_decay decoupled (AdamW).
    schedule: "step" (x decay every decay_epochs), "milestones" (x decay at 1/2 and 5/6 of the epochs), "cosine"
    (to zero) or "constant", the last two after warmup_epochs.
    steps: steps in an epoch, None for one pass. low_size: train the first low_fraction of the epochs at this size.
    freeze_epochs: epochs with a frozen encoder at the start. ema: decay of the exponential moving average of the
    weights, which is what is scored and saved; 0 for none. clip_norm: of the global gradient, 0 for none.
    mixed_precision: "" | "mixed_bfloat16" | "mixed_float16". data_weights: how often a photo of each --data source is
    drawn relative to the others, () for alike. validation: part of the data held out where no --val is given.
    feedback: the second view's previous mask is the network's answer to the first, as from frame to frame.
    synthetic: portraits in an epoch where no --data is given. blend: shares of the trained weights in their mean with
    those of init, of which the best on the validation photos is kept; () keeps the trained ones.
    """

    name: str = "custom"
    network: str = "portraitnet"
    options: dict = dataclasses.field(default_factory=dict)
    size: int = 224
    fit: str = "stretch"
    init: str = ""
    logit_scale: float = 1.0
    objective: Objective = OBJECTIVES["full"]
    augmentation: Augmentation = PAPER
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    l2: float = 0.0
    weight_decay: float = 0.0
    schedule: str = "constant"
    decay: float = 0.95
    decay_epochs: int = 20
    warmup_epochs: float = 0.0
    batch: int = 64
    epochs: int = 100
    steps: int | None = None
    low_size: int | None = None
    low_fraction: float = 0.6
    freeze_epochs: int = 0
    ema: float = 0.0
    clip_norm: float = 0.0
    mixed_precision: str = ""
    data_weights: tuple = ()
    validation: float = 0.1
    synthetic: int = 2000
    blend: tuple = ()
    feedback: bool = False
    seed: int = 0

    def __post_init__(self):
        check_recipe(self)

    @property
    def boundary(self):
        """What the boundary's target is drawn as, which the objective decides."""
        return self.objective.target

    @property
    def prior(self):
        """Whether the network takes the previous mask as a fourth channel."""
        return bool(self.options.get("prior"))

    def size_at(self, epoch):
        """Input size in this epoch."""
        return self.low_size if self.low_size and epoch < self.low_fraction * self.epochs else self.size


def override(recipe, assignments):
    """A recipe with ["key=value", "augmentation.rotation=30", "objective=B", ..] applied.

    Raises PortraitError for an unknown key (with the nearest one) or a value of the wrong type.
    """
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign:
            raise PortraitError(f"--set {assignment}: expected key=value")
        recipe = _replace(recipe, key.strip(), key.strip().split("."), text.strip())
    return recipe


def to_json(recipe):
    """A JSON-able dict of it."""
    return dataclasses.asdict(recipe)


def from_json(value):
    """The recipe that to_json made."""

    def tuples(part):
        return {key: tuple(item) if isinstance(item, list) else item for key, item in part.items()}

    try:
        objective, augmentation = Objective(**value["objective"]), Augmentation(**tuples(value["augmentation"]))
        return Recipe(**{**tuples(value), "objective": objective, "augmentation": augmentation})
    except (TypeError, KeyError, AttributeError) as error:
        raise PortraitError(f"a recipe of another version or damaged ({error})") from error


def _replace(settings, full_key, path, text):
    if isinstance(settings, dict):  # options of the network, which build() checks
        if len(path) > 1:
            raise PortraitError(f"--set {full_key}: {path[0]} has no parts")
        return {**settings, path[0]: _literal(text)}
    fields = {field.name: field for field in dataclasses.fields(settings)}
    if path[0] not in fields:
        raise PortraitError(f"--set {full_key}: no such key; {did_you_mean(path[0], fields)}")
    old = getattr(settings, path[0])
    if len(path) > 1:
        if not (dataclasses.is_dataclass(old) or isinstance(old, dict)):
            raise PortraitError(f"--set {full_key}: {path[0]} has no parts")
        return dataclasses.replace(settings, **{path[0]: _replace(old, full_key, path[1:], text)})
    return dataclasses.replace(settings, **{path[0]: _convert(full_key, fields[path[0]].type, old, text)})


def _convert(key, kind, old, text):
    if isinstance(old, Objective):
        if text not in OBJECTIVES:
            raise PortraitError(f"--set {key}={text}: use one of {', '.join(OBJECTIVES)}, or {key}.boundary=0.3")
        return OBJECTIVES[text]
    if dataclasses.is_dataclass(old):
        raise PortraitError(f"--set {key}={text}: set one of its parts, e.g. {key}.rotation=30")
    if kind is str:
        return text
    value = _literal(text)
    if kind is tuple and isinstance(value, int | float):
        value = (value,)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind):
        wanted = getattr(kind, "__name__", str(kind))
        raise PortraitError(f"--set {key}={text}: expected {wanted}, e.g. {key}={old}")
    return value


def _literal(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
