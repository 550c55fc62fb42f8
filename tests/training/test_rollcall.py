"""All processes of a training come, or each of them says who did not."""

import socket
import threading
import time

import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.training.rollcall import roll_call


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def call(ranks, count, patience=20.0, port=None, counts=None):
    """What each of these processes is told: {place in ranks: sentence, "" for go}."""
    said, address = {}, f"127.0.0.1:{port or free_port()}"

    def process(place, rank):
        try:
            roll_call(address, (counts or {}).get(place, count), rank, patience)
            said[place] = ""
        except PortraitError as error:
            said[place] = str(error)

    threads = [threading.Thread(target=process, args=item) for item in enumerate(ranks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def test_all_go_when_all_are_there():
    assert call([2, 0, 1], 3) == {0: "", 1: "", 2: ""}
    assert call([0], 1) == {0: ""}


def test_those_that_came_say_who_did_not():
    said = call([0, 2], 4, patience=1.0)
    assert said[0] == said[1] == "--hosts: process 1, 3 of 4 did not come within 1 s; start it too"


def test_the_first_that_never_comes_is_named_by_its_address():
    started, port = time.monotonic(), free_port()
    said = call([1], 2, patience=0.5, port=port)
    assert f"process 0 at 127.0.0.1:{port} did not answer within 0.5 s" in said[0] and time.monotonic() - started < 20


def test_two_of_one_number_and_other_counts_are_named():
    assert all("two processes are number 1" in text for text in call([0, 1, 1], 3).values())
    said = call([0, 1], 2, counts={1: 3})
    assert all("process 1 at 127.0.0.1 counts 3 processes where process 0 counts 2" in text for text in said.values())


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortraitError, match=f"port {port} cannot be opened .*; choose another"):
            roll_call(f"127.0.0.1:{port}", 2, 0, 1.0)


def test_whoever_knocks_without_a_word_is_not_counted():
    port = free_port()

    def stranger():
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port)) as door:
                    door.sendall(b"GET / HTTP/1.1\r\n\r\n")
                return
            except ConnectionRefusedError:
                time.sleep(0.05)

    thread, first = threading.Thread(target=stranger), {}
    listening = threading.Thread(target=lambda: first.update(call([0], 2, port=port)))
    thread.start()
    listening.start()
    thread.join(20)
    assert call([1], 2, port=port) == {0: ""}
    listening.join(20)
    assert first == {0: ""}
