"""Who is there, before JAX connects the processes of a training: it aborts without saying whom it waited for."""

import json
import socket
import time

from tf_portrait.errors import PortraitError

PATIENCE = 300.0  # seconds


def roll_call(address, count, rank, patience=PATIENCE):
    """Returns once all `count` processes are there, process 0 listening at HOST:PORT.

    Raises PortraitError in all that came, with the numbers of those that did not, or of two with one number.
    """
    host, _, port = address.rpartition(":")
    if rank == 0:
        _listen(int(port), count, patience)
    else:
        _report((host, int(port)), count, rank, patience)


def _listen(port, count, patience):
    """Process 0: waits for the others and tells them whether all came."""
    end, there, verdict = time.monotonic() + patience, {}, ""
    try:
        server = socket.create_server(("", port), backlog=max(count, 16))
    except OSError as error:
        raise PortraitError(f"--hosts: port {port} cannot be opened ({error.strerror}); choose another") from error
    with server:
        while len(there) < count - 1 and not verdict:
            server.settimeout(max(0.01, end - time.monotonic()))
            try:
                guest, (name, _) = server.accept()
            except TimeoutError:
                missing = [str(rank) for rank in range(1, count) if rank not in there]
                verdict = f"process {', '.join(missing)} of {count} did not come within {patience:g} s; start it too"
                break
            verdict = _enter(guest, name, count, there)
        for guest in there.values():
            guest.sendall((verdict or "go").encode())
            guest.close()
    if verdict:
        raise PortraitError(f"--hosts: {verdict}")


def _enter(guest, name, count, there):
    """Adds a process to those that are there; returns what is wrong with it, "" for nothing."""
    guest.settimeout(10)
    try:
        hello = json.loads(guest.recv(256))
        rank, expected = int(hello["rank"]), int(hello["count"])
    except (OSError, ValueError, KeyError, TypeError):  # a port scanner, or a process that died
        guest.close()
        return ""
    taken = rank in there
    there[("second", rank) if taken else rank] = guest
    if expected != count:
        return f"process {rank} at {name} counts {expected} processes where process 0 counts {count}"
    if taken or not 0 < rank < count:
        return (
            f"two processes are number {rank}, the second at {name}; each needs a number of its own, 0 to {count - 1}"
        )
    return ""


def _report(place, count, rank, patience):
    """The others: tell process 0 that they are there, and wait for its verdict."""
    end, verdict = time.monotonic() + patience, ""
    while not verdict:
        try:
            with socket.create_connection(place, timeout=5) as door:
                door.sendall(json.dumps({"rank": rank, "count": count}).encode())
                door.settimeout(max(0.1, end - time.monotonic() + 5))
                verdict = door.recv(4096).decode()
        except OSError:
            pass
        if not verdict:
            if time.monotonic() > end:
                raise PortraitError(
                    f"--hosts: process 0 at {place[0]}:{place[1]} did not answer within {patience:g} s; start it, and "
                    "let this machine reach that port"
                )
            time.sleep(0.2)
    if verdict != "go":
        raise PortraitError(f"--hosts: {verdict}")
