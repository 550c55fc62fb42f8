"""The training loop: one pass over the epochs, each trained, validated, saved and drawn."""

import contextlib
import time

import keras
import numpy as np

from tf_portrait.backend import jit_compile
from tf_portrait.data.batches import Batches
from tf_portrait.errors import PortraitError
from tf_portrait.inference.probability import probability_model
from tf_portrait.models import build
from tf_portrait.models.archive import BEST, save_model
from tf_portrait.models.start import scale_logits, start_weights
from tf_portrait.training import pictures
from tf_portrait.training.callbacks import Pace, Progress, StopOnNaN
from tf_portrait.training.checkpoint import load_checkpoint, read_state, save_checkpoint
from tf_portrait.training.fused import with_fused_batch_norm
from tf_portrait.training.optimizer import build_optimizer
from tf_portrait.training.processes import ALONE, all_devices, one_device
from tf_portrait.training.run import CURVES, LAST
from tf_portrait.training.tensorboard import Board
from tf_portrait.training.two_view import TwoView

ENCODER = ("stem", "stage")  # how the names of its layers begin


def fit(
    recipe,
    source,
    validation,
    run,
    weights=None,
    backgrounds=None,
    resume=False,
    progress=True,
    processes=ALONE,
):
    """Trains a recipe and leaves best.keras, last.npz, history.csv and curves.png in the run's folder.

    source: (photo, mask) by index. validation: a Validation. weights, backgrounds: see Batches.
    processes: those that train together, each calling this with the same; the first writes the files.
    Returns {"before": IoU of the untrained network, "best": best IoU, "epoch": of the best, counted from 1}.
    Raises PortraitError if the loss is no number any more, or a checkpoint does not fit.
    """
    with all_devices(processes, recipe.batch) as slots:
        network, deployed = build_networks(recipe)
        with one_device():
            judge = probability_model(deployed, recipe.size)
        state = read_state(run.path(LAST)) if resume else None
        if state is None:
            start_weights(network, recipe.init)
            scale_logits(network, recipe.logit_scale)
            before = _score(validation, judge, deployed, network.get_weights(), processes)
            state = {"epoch": 0, "before": before, "best": -1.0, "best_epoch": 0}
        run.read_history(state["epoch"])
        trainer = None
        for epoch in range(state["epoch"], recipe.epochs):
            batches = Batches(source, recipe, recipe.size_at(epoch), weights, backgrounds, slots)
            if trainer is None or epoch == recipe.freeze_epochs:
                trainer = compile_trainer(network, recipe, epoch, batches.steps)
                if resume and epoch == state["epoch"]:
                    trainer = _resumed(trainer, run, recipe, epoch, batches.steps)
            elif epoch and batches.size != recipe.size_at(epoch - 1):
                trainer.make_train_function(force=True)
            row = _train_epoch(trainer, batches, epoch, recipe, run, progress)
            row["val_iou"] = _score(validation, judge, deployed, trainer.final_weights(), processes)
            better = row["val_iou"] > state["best"]
            if better:
                state |= {"best": row["val_iou"], "best_epoch": epoch + 1}
            state["epoch"] = epoch + 1
            with processes.all_or_none():
                if processes.first:
                    _save(run, recipe, trainer, deployed, validation, row, state, better)
            print(_line(row, state), flush=True)
    return {"before": state["before"], "best": state["best"], "epoch": state["best_epoch"]}


def _score(validation, judge, deployed, weights, processes):
    """Validation IoU of these weights, each process scoring its share of the photos."""
    with one_device():
        deployed.set_weights(weights)
        if processes.count == 1:
            return validation.iou(judge)
        scores = np.zeros(len(validation))
        own = validation.scores(judge, range(processes.rank, len(validation), processes.count))
        for rank, part in enumerate(processes.gather(own)):
            scores[rank :: processes.count] = part
    return float(np.mean(scores))


def _save(run, recipe, trainer, deployed, validation, row, state, better):
    """Everything that an epoch leaves in the run's folder."""
    if better:
        save_model(run.path(BEST), deployed, _card(recipe, state))
    run.add(row)  # before the checkpoint: a kill between them repeats the epoch, and its row with it
    save_checkpoint(run.path(LAST), trainer, state)
    pictures.draw_curves(run.history, run.path(CURVES))
    with one_device():
        sheet = pictures.validation_sheet(deployed, validation, range(min(8, len(validation))))
    with contextlib.closing(Board(run.path("tensorboard"), row["epoch"])) as board:
        board.add(row, sheet)


def _line(row, state):
    return (
        f"epoch {row['epoch'] + 1}: validation IoU {row['val_iou']:.4f} (best {state['best']:.4f}), "
        f"{row['steps_per_second']:.2f} steps/s, {row['input_wait']:.0%} of the time waiting for photos"
    )


def _resumed(trainer, run, recipe, epoch, steps):
    """A compiled trainer in the state of the checkpoint; at the thaw, as if it had not been stopped just there."""
    thaw = epoch == recipe.freeze_epochs
    load_checkpoint(run.path(LAST), trainer, optimizer=not thaw)
    # More weights may move from here on, so the optimizer and the averages begin anew, from the weights as they are.
    return compile_trainer(trainer.network, recipe, epoch, steps) if thaw else trainer


def build_networks(recipe):
    """The network that trains, in its precision and at any size where there are two, and the one scored and saved."""
    keras.utils.set_random_seed(recipe.seed)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(recipe.mixed_precision or "float32")
    try:
        network = build(recipe.network, size=None if recipe.low_size else recipe.size, **recipe.options)
    finally:
        keras.config.set_dtype_policy(policy)
    with one_device():
        deployed = build(recipe.network, size=recipe.size, **recipe.options)
    return with_fused_batch_norm(network), deployed


def compile_trainer(network, recipe, epoch, steps):
    """A TwoView with a new optimizer on what may move: no frozen encoder, no boundary head without its loss."""
    still = ENCODER if epoch < recipe.freeze_epochs else ()
    if not (recipe.objective.boundary or recipe.objective.boundary_consistency):
        still = (*still, "boundary")
    if epoch < recipe.freeze_epochs and not any(layer.name.startswith(ENCODER) for layer in network.layers):
        raise PortraitError(
            f"--set freeze_epochs={recipe.freeze_epochs}: no layer of {network.name} is called {' or '.join(ENCODER)}; "
            "set it to 0"
        )
    for layer in network.layers:
        layer.trainable = not layer.name.startswith(still)
    trainer = TwoView(network, recipe.objective, recipe.l2, recipe.ema, recipe.feedback)
    optimizer = build_optimizer(recipe, steps, network.trainable_variables, epoch * steps)
    trainer.compile(optimizer=optimizer, jit_compile=jit_compile())
    return trainer


def _train_epoch(trainer, batches, epoch, recipe, run, progress):
    """One epoch; returns its row of the history."""
    started, pace = time.perf_counter(), Pace(batches, epoch * batches.steps)
    callbacks = [StopOnNaN(epoch, run.path(LAST)), pace]
    if progress:
        callbacks.append(Progress(epoch, recipe.epochs, batches.steps))
    history = trainer.fit(
        epoch_dataset(batches, epoch),
        initial_epoch=epoch,
        epochs=epoch + 1,
        steps_per_epoch=batches.steps,
        shuffle=False,
        callbacks=callbacks,
        verbose=0,
    ).history
    rate = float(keras.ops.convert_to_numpy(trainer.optimizer.learning_rate))
    row = {"epoch": epoch, "size": batches.size, "learning_rate": rate, "seconds": time.perf_counter() - started}
    return row | pace.row() | {name: float(values[-1]) for name, values in history.items()}


def epoch_dataset(batches, epoch):
    """The epoch's batches: tf.data where TensorFlow is the backend, Keras' own workers elsewhere."""
    if keras.backend.backend() == "tensorflow":
        from tf_portrait.data.pipeline import two_view_dataset

        return two_view_dataset(batches, epoch)
    from tf_portrait.data.pydataset import TwoViewDataset

    return TwoViewDataset(batches, epoch)


def _card(recipe, state):
    return {
        "network": recipe.network,
        "options": {"size": recipe.size, **recipe.options},
        "size": recipe.size,
        "fit": recipe.fit,
        "threshold": 0.5,
        "recipe": recipe.name,
        "epoch": state["best_epoch"],
        "validation_iou": state["best"],
        "keras": keras.__version__,
    }
