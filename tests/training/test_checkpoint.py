import errno
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.conftest import ROOT
from tf_portrait.errors import PortraitError
from tf_portrait.training.checkpoint import load_checkpoint, read_state, save_checkpoint

STATE = {"epoch": 3, "before": 0.25, "best": 0.5, "best_epoch": 2}


class Variable:
    def __init__(self, path, value):
        self.path, self.value = path, np.asarray(value, "float32")
        self.shape = self.value.shape

    def __array__(self, dtype=None, copy=None):
        return self.value

    def assign(self, value):
        self.value = np.array(value)


class Trainer:
    def __init__(self, *shapes):
        self.weights = [
            Variable(f"layer{i}/kernel", np.random.default_rng(i).normal(size=s)) for i, s in enumerate(shapes)
        ]
        self.optimizer = type("Optimizer", (), {"variables": [Variable("adam/iteration", 7)]})


def test_variables_and_state_come_back(tmp_path):
    one, other = Trainer((2, 3), (4,)), Trainer((2, 3), (4,))
    save_checkpoint(tmp_path / "last.npz", one, STATE)
    for variable in other.weights + other.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    load_checkpoint(tmp_path / "last.npz", other)
    assert read_state(tmp_path / "last.npz") == STATE
    for a, b in zip(one.weights + one.optimizer.variables, other.weights + other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.value, b.value)


def test_another_architecture_is_named(tmp_path):
    save_checkpoint(tmp_path / "last.npz", Trainer((2, 3)), {})
    with pytest.raises(
        PortraitError, match=r"another architecture: model/0000/kernel has shape \(2, 3\), \(5,\) expected"
    ):
        load_checkpoint(tmp_path / "last.npz", Trainer((5,)))
    with pytest.raises(PortraitError, match=r"model/0001/kernel is missing"):
        load_checkpoint(tmp_path / "last.npz", Trainer((2, 3), (4,)))


@pytest.mark.parametrize("content", [b"", b"rubbish" * 100])
def test_damage_is_named(tmp_path, content):
    (tmp_path / "last.npz").write_bytes(content)
    with pytest.raises(PortraitError, match="damaged checkpoint"):
        read_state(tmp_path / "last.npz")
    with pytest.raises(PortraitError, match="damaged checkpoint"):
        load_checkpoint(tmp_path / "last.npz", Trainer((2,)))


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path, monkeypatch):
    save_checkpoint(tmp_path / "last.npz", Trainer((2, 3)), STATE)

    def full(file, **arrays):
        file.write(b"half a checkpoint")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(PortraitError, match=r"last\.npz: cannot be written \(No space left on device\); free space"):
        save_checkpoint(tmp_path / "last.npz", Trainer((2, 3)), {**STATE, "epoch": 4})
    assert read_state(tmp_path / "last.npz") == STATE and os.listdir(tmp_path) == ["last.npz"]


TINY = ["options.width=0.25", "size=32", "batch=4", "steps=4", "synthetic=20", "ema=0.9", "objective=M"]


def start(folder, *arguments):
    command = [sys.executable, ROOT / "pipelines" / "train.py", "--out", folder / "run", *arguments]
    # Unbuffered, or the epoch lines arrive when the process ends.
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=env)


def test_resume_after_a_real_kill(tmp_path):
    process = start(tmp_path, "--set", "epochs=500", *TINY)
    for line in process.stdout:
        if line.startswith("epoch 3:"):
            break
    time.sleep(np.random.default_rng().uniform(0, 1))  # anywhere in an epoch, a save or a validation
    process.send_signal(signal.SIGKILL)
    process.wait()
    state = read_state(tmp_path / "run" / "last.npz")
    assert state["epoch"] >= 2 and state["best"] > 0
    with np.load(tmp_path / "run" / "last.npz") as arrays:
        (clock,) = [arrays[name] for name in arrays.files if name.endswith("/iteration")]
        assert clock == 4 * state["epoch"]

    process = start(tmp_path, "--resume", "--set", f"epochs={state['epoch'] + 2}")
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    epochs = [int(number) for number in re.findall(r"^epoch (\d+): validation", output, re.M)]
    assert epochs == [state["epoch"] + 1, state["epoch"] + 2]
    final = read_state(tmp_path / "run" / "last.npz")
    assert final["best"] >= state["best"] and final["before"] == state["before"]
    with np.load(tmp_path / "run" / "last.npz") as arrays:
        (clock,) = [arrays[name] for name in arrays.files if name.endswith("/iteration")]
        assert clock == 4 * final["epoch"]
    rows = (tmp_path / "run" / "history.csv").read_text().splitlines()
    assert [int(row.split(",")[0]) for row in rows[1:]] == list(range(final["epoch"]))
    assert not [name for name in os.listdir(tmp_path / "run") if name.startswith(".")]
