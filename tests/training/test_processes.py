"""Several devices and processes train as one, and what cannot work is refused with the way out."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tests.conftest import ROOT, write_portraits
from tests.training.test_rollcall import free_port
from tf_portrait.errors import PortraitError
from tf_portrait.training.processes import ALONE, Gone, Processes, all_devices, join, one_device, others_alive
from tf_portrait.training.run import HISTORY, LAST

SMALL = ["network=tiny", "options.channels=4", "size=32", "batch=4", "steps=1", "learning_rate=0.003"]
SET = [*SMALL, "epochs=20", "ema=0.9", "clip_norm=5", "optimizer=adamw"]


def start(folder, out, *words, devices=1, pause=0, settings=SET):
    """A process that trains as train.py does; words: more of its arguments."""
    env = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    command = ["--data", folder / "photos", "--out", folder / out, "--set", *settings, *words]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.worker", str(pause), *map(str, command)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def together(folder, out, *words, pause=0, settings=(SET, SET)):
    """Two processes that train together."""
    address = f"127.0.0.1:{free_port()}"
    return [
        start(folder, out, "--hosts", address, 2, rank, *words, pause=pause, settings=settings[rank])
        for rank in range(2)
    ]


def finish(process):
    out, err = process.communicate(timeout=1200)
    return SimpleNamespace(returncode=process.returncode, stdout=out, stderr=err)


def state(out):
    """The loss of each step, and all variables, of a run of one step an epoch."""
    rows = [line.split(",") for line in (out / HISTORY).read_text().splitlines()]
    place = rows[0].index("loss")
    with np.load(out / LAST) as arrays:
        variables = {name: arrays[name] for name in arrays.files if name != "state.json"}
    return np.array([float(row[place]) for row in rows[1:]]), variables


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with photos, and a run of one process on one device."""
    folder = tmp_path_factory.mktemp("together")
    write_portraits(folder / "photos", 12, size=40)
    done = finish(start(folder, "one"))
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def assert_same(folder, other):
    losses, variables = state(folder / "one")
    others, other_variables = state(folder / other)
    assert len(losses) == len(others) == 20 and np.ptp(losses) > 0.05
    assert abs(losses[0] - others[0]) < 1e-5
    np.testing.assert_allclose(others, losses, atol=1e-4)
    for name, value in variables.items():
        np.testing.assert_allclose(other_variables[name], value, atol=1e-4, rtol=1e-3, err_msg=name)


@pytest.mark.slow
def test_two_devices_train_as_one(alone):
    done = finish(start(alone, "devices", devices=2))
    assert done.returncode == 0, done.stderr[-2000:]
    assert_same(alone, "devices")


@pytest.mark.slow
def test_two_processes_train_as_one_and_the_first_alone_speaks(alone):
    first, second = map(finish, together(alone, "processes"))
    assert first.returncode == second.returncode == 0, first.stderr[-2000:] + second.stderr[-2000:]
    assert_same(alone, "processes")
    assert "epoch 20: validation IoU" in first.stdout and "steps/s" in first.stdout
    assert "epoch 20" not in second.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("chance", "processes"), [(1, 1), (2, 2)])
def test_a_kill_of_one_at_any_step_ends_both_and_others_go_on_as_if_nothing_had_been(alone, chance, processes):
    """A step is an epoch here, of which stderr tells; the kill falls somewhere inside of one."""
    out, rng = f"killed_{chance}", np.random.default_rng(chance)
    step = int(rng.integers(2, 18))
    first, second = together(alone, out, pause=0.5)
    for line in first.stderr:
        if line.strip() == f"epoch {step}":
            break
    time.sleep(rng.uniform(0, 0.5))
    second.send_signal(signal.SIGKILL)
    done = finish(first)
    second.wait()
    assert done.returncode == 2
    assert "error: another process of this training is gone" in done.stderr and "--resume" in done.stderr
    goes_on = together(alone, out, "--resume") if processes == 2 else [start(alone, out, "--resume")]
    for resumed in map(finish, goes_on):
        assert resumed.returncode == 0, resumed.stderr[-2000:]
    assert_same(alone, out)


@pytest.mark.slow
def test_bfloat16_on_two_devices_stays_near_float32(alone):
    done = finish(start(alone, "bfloat16", devices=2, settings=[*SET, "mixed_precision=mixed_bfloat16"]))
    assert done.returncode == 0, done.stderr[-2000:]
    losses, expected = state(alone / "bfloat16")[0], state(alone / "one")[0]
    assert not np.array_equal(losses, expected)
    np.testing.assert_allclose(losses, expected, rtol=0.02)  # a bfloat16 has 8 bits


@pytest.mark.slow
def test_what_differs_between_two_processes_is_named_by_both(alone):
    for done in map(finish, together(alone, "differ", settings=(SET, [*SET, "batch=6"]))):
        assert done.returncode == 2
        assert "process 1 has recipe.batch = 6 where process 0 has 4; give all the same" in done.stderr


def fake_devices(monkeypatch, *owners):
    """Devices that belong to these processes."""
    import jax

    devices = [SimpleNamespace(process_index=owner) for owner in owners]
    monkeypatch.setattr(keras.distribution, "list_devices", lambda *kind: [f"gpu:{i}" for i in range(len(owners))])
    monkeypatch.setattr(jax, "devices", lambda: devices)
    monkeypatch.setattr(jax, "device_count", lambda: len(devices))
    monkeypatch.setattr(keras.distribution, "DataParallel", lambda auto_shard_dataset: None)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")


def test_each_process_makes_its_slots_of_the_batch(monkeypatch):
    fake_devices(monkeypatch, 0, 0, 1, 1, 2, 2)
    found = []
    for rank in range(3):
        with all_devices(Processes(rank, 3), 24) as slots:
            found.append(list(slots))
    assert np.concatenate(found).tolist() == list(range(24)) and {len(part) for part in found} == {8}


@pytest.mark.parametrize(
    ("owners", "batch", "message"),
    [
        ((0, 0, 0), 64, "--set batch=64: does not divide among 3 devices; use 63 or 66"),
        ((0, 1), 1, "--set batch=1: does not divide among 2 devices; use 2"),
        ((0, 0, 1), 6, "process 1 has 1 devices where process 0 has 2; give each as many"),
    ],
)
def test_shares_that_are_not_equal_are_refused(monkeypatch, owners, batch, message):
    fake_devices(monkeypatch, *owners)
    with (
        pytest.raises(PortraitError, match=message.replace(".", r"\.")),
        all_devices(Processes(0, 1 + max(owners)), batch),
    ):
        pass


def test_tensorflow_with_two_gpus_says_how_to_use_them(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda *kind: ["gpu:0", "gpu:1"])
    with (
        pytest.raises(
            PortraitError, match=r"2 devices: with tensorflow .* set KERAS_BACKEND=jax .*CUDA_VISIBLE_DEVICES=0"
        ),
        all_devices(ALONE, 4),
    ):
        pass


def test_tensorflow_cannot_join_others():
    with pytest.raises(
        PortraitError, match="--hosts a:1 2 0: several processes train with Keras' JAX backend, not with tens"
    ):
        join(("a:1", "2", "0"))


@pytest.mark.parametrize(
    "hosts", [("here",), ("a:1", "2"), ("a:1", "2", "2"), ("a:x", "2", "0"), ("a", "2", "0"), ("a:1", "2", "0", "9")]
)
def test_hosts_that_are_none_are_explained(monkeypatch, hosts):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(PortraitError, match=r"--hosts wants FIRST:PORT COUNT NUMBER"):
        join(hosts)


def test_what_jax_says_of_a_lost_process_is_known_and_other_errors_are_not_hidden():
    lost = ValueError("UNKNOWN: Gloo AllGather failed: Read error [10.0.0.2]:62654: Connection reset by peer\nmore")
    gone = r"another process .* is gone \(UNKNOWN: Gloo .*peer\); start all again, with --resume"
    with pytest.raises(Gone, match=gone), others_alive(Processes(0, 2)):
        raise lost
    for error, processes in ((lost, ALONE), (ValueError("shapes differ"), Processes(0, 2))):
        with pytest.raises(ValueError, match=str(error)[:10]), others_alive(processes):
            raise error


def test_one_process_on_one_device_is_as_ever():
    assert join(()) is ALONE and ALONE.gather({"a": 1}) == [{"a": 1}]
    with all_devices(ALONE, 7) as slots, one_device():
        assert slots == range(7) and keras.distribution.distribution() is None
    with pytest.raises(PortraitError, match="mine"), ALONE.all_or_none():
        raise PortraitError("mine")
    ALONE.agree({"photos:": 3})
