"""Training state in one file, written in one atomic step: a kill at any moment leaves the last whole one."""

import json
import zipfile

import numpy as np
from keras import ops

from tf_portrait.errors import PortraitError
from tf_portrait.files import write_atomically

_STATE = "state.json"
STATE = {"epoch": int, "before": float, "best": float, "best_epoch": int}  # of a training, by name


def save_checkpoint(path, trainer, state):
    """Writes a compiled TwoView's weights, averages and optimizer variables, and `state`, a JSON-able dict."""
    arrays = {name: ops.convert_to_numpy(variable) for name, variable in _variables(trainer)}

    def write(temporary):
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_STATE, json.dumps(state))

    write_atomically(path, write)


def read_state(path):
    """The `state` of a checkpoint, with the keys of STATE. Raises PortraitError if the file is missing or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            state = json.loads(archive.read(_STATE))
        return {key: kind(state[key]) for key, kind in STATE.items()}
    except FileNotFoundError as error:
        raise PortraitError(f"{path}: nothing to resume; start without --resume") from error
    except Exception as error:  # zipfile, zlib and json have many kinds of damage
        raise _damaged(path, error) from error


def load_checkpoint(path, trainer, optimizer=True):
    """Puts weights, averages and, if asked, optimizer variables back into a compiled TwoView.

    Raises PortraitError if the file is damaged, or naming the first variable that does not fit.
    """
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files if name != _STATE}
    except Exception as error:  # as above, and MemoryError where a header lies about its size
        raise _damaged(path, error) from error
    for name, variable in _variables(trainer):
        if name.startswith("optimizer/") and not optimizer:
            continue
        if name not in arrays or arrays[name].shape != tuple(variable.shape):
            found = f"has shape {arrays[name].shape}" if name in arrays else "is missing"
            raise PortraitError(
                f"{path}: a checkpoint of another architecture: {name} {found}, {tuple(variable.shape)} expected; "
                "use the options it was trained with, or another --out"
            )
        if arrays[name].dtype.kind not in "fiub":
            raise _damaged(path, f"{name} holds no numbers")
        variable.assign(arrays[name])


def _damaged(path, why):
    return PortraitError(f"{path}: damaged checkpoint ({why or type(why).__name__}); train again with another --out")


def _variables(trainer):
    for kind, variables in (("model", trainer.weights), ("optimizer", trainer.optimizer.variables)):
        for index, variable in enumerate(variables):
            # Keras numbers models and optimizers anew in each process ("adam_1"): leave the outermost name out.
            yield f"{kind}/{index:04d}/{variable.path.split('/')[-1]}", variable
