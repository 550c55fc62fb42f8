"""Training on several devices and machines: one program on all of them, by Keras' JAX backend.

keras.distribution.DataParallel puts what the processes bring together into one global batch. So the losses, BatchNorm's
statistics, the clipping of gradients and the averages are those of the whole batch, as on one device.
"""

import contextlib
import dataclasses
import json
import os
import re

import keras
import numpy as np

from tf_portrait.errors import PortraitError
from tf_portrait.training.rollcall import PATIENCE, roll_call
from tf_portrait.training.run import LAST

_USAGE = "--hosts wants FIRST:PORT COUNT NUMBER, e.g. 10.0.0.1:8476 2 0 on the first of two machines, or auto"


class Gone(PortraitError):
    """Another process ended in the middle of a training."""


@dataclasses.dataclass(frozen=True)
class Processes:
    """The processes of a training, as one of them sees it. rank: its number, from 0. count: how many there are."""

    rank: int = 0
    count: int = 1

    @property
    def first(self):
        """Whether this is the one that writes files and prints."""
        return self.rank == 0

    def gather(self, value):
        """[value of process 0, of process 1, ..], the same in each. value: JSON-able."""
        if self.count == 1:
            return [value]
        from jax.experimental.multihost_utils import process_allgather

        text = np.frombuffer(json.dumps(value).encode(), np.uint8)
        sizes = np.ravel(process_allgather(np.array([len(text)])))
        padded = process_allgather(np.pad(text, (0, int(sizes.max()) - len(text))))
        return [json.loads(row[:size].tobytes()) for row, size in zip(padded, sizes, strict=True)]

    @contextlib.contextmanager
    def all_or_none(self):
        """If the block fails in one process, it raises that one's PortraitError in all, so that none waits for it."""
        error = None
        try:
            yield
        except PortraitError as found:
            error = found
        said = self.gather(str(error) if error else None)
        if error:
            raise error
        for rank, text in enumerate(said):
            if text is not None:
                raise PortraitError(f"process {rank}: {text}")

    def agree(self, facts):
        """Raises PortraitError in all processes if a fact, {what: JSON-able value}, differs in one of them."""
        first, *others = self.gather(facts)
        for rank, other in enumerate(others, start=1):
            for what, value in first.items():
                if other[what] != value:
                    raise PortraitError(
                        f"process {rank} has {what} {other[what]} where process 0 has {value}; give all the same"
                    )


ALONE = Processes()
# Gloo on CPUs, NCCL on GPUs, and the service that counts heartbeats.
_LOST = re.compile("gloo|nccl|peer|connection|coordination|heartbeat|UNAVAILABLE|DEADLINE_EXCEEDED", re.IGNORECASE)


def join(hosts, patience=None):
    """The Processes that this one belongs to, after all have come.

    hosts: () for none but this; ("auto",) for what Slurm, Open MPI, MASTER_ADDR .. say; (FIRST:PORT, COUNT, NUMBER).
    Has to come before anything else uses a device. Raises PortraitError if a process does not come within `patience`
    seconds (PATIENCE where None), with its number.
    """
    if not hosts:
        return ALONE
    if keras.backend.backend() != "jax":
        raise PortraitError(
            f"--hosts {' '.join(map(str, hosts))}: several processes train with Keras' JAX backend, not with "
            f"{keras.backend.backend()}; set KERAS_BACKEND=jax (pip install 'tf_portrait[scale]')"
        )
    import jax

    place = _place(tuple(map(str, hosts)))
    # Nobody waits for long at the end: all get there together.
    settings = {"shutdown_timeout_seconds": 30, "heartbeat_timeout_seconds": 60}
    if place:
        address, count, rank = place
        roll_call(address, count, rank, PATIENCE if patience is None else patience)
        settings |= {"coordinator_address": address, "num_processes": count, "process_id": rank}
        settings["cluster_detection_method"] = "deactivate"  # under Slurm it would take one device a process
    try:
        jax.distributed.initialize(**settings)
    except (RuntimeError, ValueError) as error:
        raise PortraitError(f"--hosts {' '.join(map(str, hosts))}: {error}; {_USAGE}") from error
    return Processes(jax.process_index(), jax.process_count())


def _place(hosts):
    """(address, count, rank), or None where JAX finds them by itself."""
    if hosts == ("auto",):
        names = ("MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK")  # of torchrun and Kubernetes' trainers
        if not all(name in os.environ for name in names):
            return None
        first, port, count, rank = (os.environ[name] for name in names)
        hosts = f"{first}:{port}", count, rank
    try:
        address, count, rank = hosts[0], int(hosts[1]), int(hosts[2])
        if len(hosts) == 3 and 0 < int(address.rpartition(":")[2]) < 65536 and address[0] != ":" and 0 <= rank < count:
            return address, count, rank
    except (IndexError, ValueError):
        pass
    raise PortraitError(f"--hosts {' '.join(hosts)}: {_USAGE}")


@contextlib.contextmanager
def all_devices(processes, batch):
    """Inside, networks are built and trained on all devices. Yields the slots of a batch that this process makes.

    Raises PortraitError if the backend trains on one device only, the batch does not divide among the devices, or the
    processes have different numbers of them.
    """
    devices = keras.distribution.list_devices()
    if len(devices) == 1:
        yield range(batch)
        return
    if keras.backend.backend() != "jax":
        raise PortraitError(
            f"{len(devices)} devices: with {keras.backend.backend()} as Keras' backend one is trained on. For all of "
            "them set KERAS_BACKEND=jax (pip install 'tf_portrait[scale]'); for one, CUDA_VISIBLE_DEVICES=0"
        )
    slots = _slots(processes, batch)
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    try:
        yield slots
    finally:
        keras.distribution.set_distribution(before)


def _slots(processes, batch):
    import jax

    total = jax.device_count()
    if batch % total:
        near = [size for size in (batch - batch % total, batch - batch % total + total) if size]
        raise PortraitError(
            f"--set batch={batch}: does not divide among {total} devices; use {' or '.join(map(str, near))}"
        )
    shares = [sum(device.process_index == rank for device in jax.devices()) for rank in range(processes.count)]
    if len(set(shares)) > 1:
        rank = next(rank for rank, share in enumerate(shares) if share != shares[0])
        raise PortraitError(
            f"process {rank} has {shares[rank]} devices where process 0 has {shares[0]}; give each as many "
            "(CUDA_VISIBLE_DEVICES)"
        )
    own = batch // processes.count
    return range(processes.rank * own, (processes.rank + 1) * own)


@contextlib.contextmanager
def one_device():
    """Inside all_devices: a part that each process does for itself, such as scoring a network."""
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


@contextlib.contextmanager
def others_alive(processes):
    """Turns what JAX raises when another process is gone, by its text alone, into an error that says how to go on."""
    try:
        yield
    except PortraitError:
        raise
    except Exception as error:
        if processes.count == 1 or not _LOST.search(str(error)):
            raise
        why = str(error).splitlines()[0][:200]
        raise Gone(
            f"another process of this training is gone ({why}); start all again, with --resume if there is a {LAST}"
        ) from error
