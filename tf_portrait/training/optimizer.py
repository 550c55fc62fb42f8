"""The optimizer of a recipe."""

import keras

MILESTONES = (1 / 2, 5 / 6)  # of the epochs


def learning_rate(recipe, steps):
    """The learning rate as a function of the training step. steps: in an epoch."""
    schedules, warmup = keras.optimizers.schedules, int(recipe.warmup_epochs * steps)
    if recipe.schedule == "step":
        return schedules.ExponentialDecay(
            recipe.learning_rate, recipe.decay_epochs * steps, recipe.decay, staircase=True
        )
    if recipe.schedule == "milestones":
        values = [recipe.learning_rate * recipe.decay**count for count in range(len(MILESTONES) + 1)]
        return schedules.PiecewiseConstantDecay([round(m * recipe.epochs * steps) for m in MILESTONES], values)
    # A cosine that ends where it began is the constant; both take a linear warm-up.
    return schedules.CosineDecay(
        0.0 if warmup else recipe.learning_rate,
        max(1, recipe.epochs * steps - warmup),
        alpha=0.0 if recipe.schedule == "cosine" else 1.0,
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def build_optimizer(recipe, steps, variables, first_step):
    """The recipe's optimizer on these variables, its clock set to first_step."""
    settings = {"learning_rate": learning_rate(recipe, steps)}
    if recipe.clip_norm:
        settings["global_clipnorm"] = recipe.clip_norm
    if recipe.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(weight_decay=recipe.weight_decay, **settings)
    elif recipe.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(momentum=0.9, **settings)
    else:
        optimizer = keras.optimizers.Adam(**settings)
    if recipe.mixed_precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(variables)
    getattr(optimizer, "inner_optimizer", optimizer).iterations.assign(first_step)
    return optimizer
