"""What happens after every training step: a progress bar, and a stop when the loss is no number."""

import math
import time

import keras
from tqdm import tqdm

from tf_portrait.errors import PortraitError

LOOK = 8  # steps between two looks at the loss, each of which waits for the device


class Progress(keras.callbacks.Callback):
    """A bar for the epoch, with the running loss."""

    def __init__(self, epoch, epochs, steps):
        super().__init__()
        self._bar = tqdm(total=steps, desc=f"epoch {epoch + 1}/{epochs}", unit="step", mininterval=0.5)

    def on_train_batch_end(self, batch, logs=None):
        if batch % LOOK == 0:
            self._bar.set_postfix(loss=f"{float(logs['loss']):.3f}", refresh=False)
        self._bar.update()

    def on_train_end(self, logs=None):
        self._bar.close()


class Pace(keras.callbacks.Callback):
    """Steps a second, and the part of the time in which the next batch was not made yet when the last step was done."""

    def __init__(self, batches, first):
        super().__init__()
        self._batches, self._next, self._waited, self._steps = batches, first, 0.0, 0
        self._begun = self._idle = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        made = self._batches.made.pop(self._next, self._idle)
        self._waited += max(0.0, made - self._idle)
        self._next, self._steps, self._idle = self._next + 1, self._steps + 1, time.perf_counter()

    def row(self):
        """For the history. The first step's compilation is in it."""
        seconds = max(self._idle - self._begun, 1e-9)
        return {"steps_per_second": self._steps / seconds, "input_wait": min(1.0, self._waited / seconds)}


class StopOnNaN(keras.callbacks.Callback):
    """Raises PortraitError within a few steps of the loss being no number, before anything is saved."""

    def __init__(self, epoch, checkpoint):
        super().__init__()
        self._epoch, self._checkpoint = epoch, checkpoint

    def on_train_batch_end(self, batch, logs=None):
        if batch % LOOK == 0:
            self._look(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._look(self.params["steps"] - 1, logs)

    def _look(self, batch, logs):
        loss = float(logs["loss"])  # the mean since the epoch began, which a single NaN makes NaN for good
        if not math.isfinite(loss):
            kept = f"{self._checkpoint} holds the state before this epoch; " if self._checkpoint.exists() else ""
            raise PortraitError(
                f"the loss became {loss} in epoch {self._epoch + 1}, by step {batch + 1}; {kept}"
                "go on with --resume and a smaller --set learning_rate=..., or --set clip_norm=1"
            )
