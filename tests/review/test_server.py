import http.client
import io
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.review.sets import open_queue, pseudo_set, records
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError
from tf_portrait.review.finish import LOG
from tf_portrait.review.server import FILES, ReviewServer


class Client:
    """Asks a server as one tab does, over one connection."""

    def __init__(self, port, tab="one"):
        self.tab, self._connection = tab, http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def raw(self, method, path, body=None, headers=None):
        self._connection.request(method, path, body, headers or {})
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def get(self, path):
        status, body, _ = self.raw("GET", path)
        return status, json.loads(body)

    def post(self, path, **value):
        status, body, _ = self.raw("POST", path, json.dumps(value), {"Content-Type": "application/json"})
        return status, json.loads(body)

    def next(self, count=12):
        return self.get(f"/api/next?tab={self.tab}&count={count}")[1]

    def decide(self, photo, decision, **more):
        return self.post(
            "/api/decide", id=photo["id"], version=photo["version"], decision=decision, tab=self.tab, **more
        )


@pytest.fixture
def served(tmp_path):
    """(server, Client) of a review of six photos, in this process."""
    queue, journal = open_queue(pseudo_set(tmp_path / "p", 6), tmp_path / "out")
    with ReviewServer(queue, tmp_path / "out", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server, Client(server.server_port)
        server.shutdown()
    journal.close()


class Process:
    """pipelines/review.py as a user starts it."""

    def __init__(self, folder, port=0, largest=None):
        def limit():
            if largest:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

        command = [sys.executable, ROOT / "pipelines" / "review.py", "p", "--out", "out", "--port", str(port)]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, preexec_fn=limit)
        self.said = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+) ", self.process.stdout.readline())[1])

    def end(self, how):
        self.process.send_signal(how)
        rest = self.process.stdout.read()
        return self.process.wait(20), rest


def test_the_page_and_its_files_are_served(served):
    _, client = served
    for address in FILES:
        status, body, headers = client.raw("GET", address)
        assert status == 200 and body and "default-src 'self'" in headers["Content-Security-Policy"]
    page = client.raw("GET", "/")[1].decode()
    named = set(re.findall(r'(?:src|href)="([^":]+)"', page))
    assert named and all(f"/{name}" in FILES for name in named)
    assert client.get("/review.py")[0] == 404 and client.get("/../server.py")[0] == 404


def test_pictures_are_shrunk_and_the_veil_is_the_mask(served, tmp_path):
    _, client = served
    big = Image.new("RGB", (2100, 1400), (200, 30, 30))
    big.save(tmp_path / "p/images/0000.jpg")
    mask = np.zeros((1400, 2100), np.uint8)
    mask[:, 1050:] = 255
    Image.fromarray(mask).save(tmp_path / "p/masks/0000.png")
    id = next(photo["id"] for photo in client.next()["photos"] if photo["name"] == "0000.jpg")
    photo = Image.open(io.BytesIO(client.raw("GET", f"/api/photo?id={id}")[1]))
    veil = np.asarray(Image.open(io.BytesIO(client.raw("GET", f"/api/outside?id={id}")[1])))
    assert photo.size == (1024, 683) and np.abs(np.asarray(photo).astype(int) - (200, 30, 30)).max() <= 3
    assert veil.shape == (683, 1024, 4) and (veil[..., :3] == (0, 90, 255)).all()
    np.testing.assert_array_equal(veil[..., 3], np.repeat([[255] * 512 + [0] * 512], 683, axis=0))


def test_a_photo_that_cannot_be_read_is_said_and_can_be_rejected(served, tmp_path):
    _, client = served
    (tmp_path / "p/images/0005.jpg").write_bytes(b"broken")
    photo = client.next()["photos"][0]
    status, answer = client.get(f"/api/photo?id={photo['id']}")
    assert status == 422 and "0005.jpg: cannot be read as an image" in answer["error"]
    assert client.decide(photo, "reject")[0] == 200


def test_decisions_conflicts_undo_and_progress(served, tmp_path):
    server, client = served
    other = Client(server.server_port, "two")
    photo = client.next()["photos"][0]
    status, answer = client.decide(photo, "accept", seconds=0.5)
    assert status == 200 and answer["progress"]["accepted"] == 1 and answer["photo"]["version"] == 1
    assert other.decide(photo, "reject")[0] == 409 and len(records(tmp_path / "out")) == 1
    last = client.get("/api/last?tab=one")[1]["photo"]
    assert last["id"] == photo["id"] and client.decide(last, "undo")[1]["progress"]["left"] == 6
    assert client.post("/api/leave", tab="one") == (200, {})


def test_mended_masks_arrive_in_the_set(served, tmp_path):
    _, client = served
    photo = client.next()["photos"][0]
    strokes = [{"person": True, "radius": 0.2, "points": [[0.5, 0.05]]}]
    assert client.decide(photo, "accept", strokes=strokes)[0] == 200
    assert client.post("/api/finish") == (200, {"written": 1, "mended": 1, "left_out": []})
    assert read_mask(tmp_path / "out/masks/0005.png")[2, 24] == 255 > read_mask(tmp_path / "p/masks/0005.png")[2, 24]


def test_requests_that_make_no_sense_are_refused_in_a_sentence(served, tmp_path):
    _, client = served
    photo = client.next()["photos"][0]
    good = {"id": photo["id"], "version": 0, "decision": "accept"}
    wrongs = ((400, {"decision": "maybe"}), (400, {"version": "0"}), (404, {"id": "../x"}), (404, {"id": [1]}))
    for status, wrong in (*wrongs, (422, {"strokes": [1]})):
        answer = client.post("/api/decide", **{**good, **wrong})
        assert answer[0] == status and answer[1]["error"]
    for body, kind in ((b"{", "application/json"), (b"[1]", "application/json"), (b"{}", "text/plain")):
        assert client.raw("POST", "/api/decide", body, {"Content-Type": kind})[0] == 400
    assert client.raw("POST", "/api/decide", None, {"Content-Length": "99999999"})[0] == 413
    assert client.get("/api/next?tab=one&count=-3")[0] == 400 and client.get("/api/nothing")[0] == 404
    assert client.raw("GET", "/api/photo?id=nothing")[0] == 404
    assert records(tmp_path / "out") == []


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_other_pages_of_the_browser_are_kept_out(served, tmp_path, headers):
    _, client = served
    photo = client.next()["photos"][0]
    body = json.dumps({"id": photo["id"], "version": 0, "decision": "accept"})
    headers = {"Content-Type": "application/json", **headers}
    assert client.raw("POST", "/api/decide", body, headers)[0] == 403 and records(tmp_path / "out") == []


def test_a_port_that_is_taken_or_none_is_named(served, tmp_path):
    server, _ = served
    for port in (server.server_port, 99999):
        with pytest.raises(PortraitError, match=f"--port {port}: .*--port 0 takes a free one"):
            ReviewServer(server.queue, tmp_path, port)


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_photos_page_through_and_each_decision_is_on_the_disk_at_once(tmp_path, capsys, count):
    queue, journal = open_queue(pseudo_set(tmp_path / "p", count), tmp_path / "out")
    waits, written = [], []
    with ReviewServer(queue, tmp_path / "out", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client, log = Client(server.server_port), open(tmp_path / "out" / LOG, "rb")  # noqa: SIM115
        while photos := client.next()["photos"]:
            for number, photo in enumerate(photos):
                began = time.perf_counter()
                for what in ("photo", "outside"):
                    assert client.raw("GET", f"/api/{what}?id={photo['id']}")[0] == 200
                between = time.perf_counter()
                assert client.decide(photo, ("accept", "reject")[number % 2], seconds=1.0)[0] == 200
                waits.append(between - began)
                written.append(time.perf_counter() - between)
                assert photo["name"].encode() in log.readline()  # as another process would see it
        assert client.next()["progress"]["left"] == 0
        server.shutdown()
        log.close()
    journal.close()
    with capsys.disabled():
        for what, values in (("pictures", waits), ("decision on the disk and answered", written)):
            middle, worst = 1000 * statistics.median(values), 1000 * sorted(values)[-count // 100]
            print(f"\n{count} photos, {what}: median {middle:.1f} ms, 99 of 100 {worst:.1f} ms")
    assert len(written) == count and statistics.median(written) < 0.05 and statistics.median(waits) < 0.05
    tenth = count // 10
    assert statistics.median(written[-tenth:]) < 3 * statistics.median(written[:tenth])  # it does not slow down


def test_a_killed_server_loses_nothing_and_goes_on(tmp_path):
    pseudo_set(tmp_path / "p", 6)
    first = Process(tmp_path)
    client = Client(first.port)
    done = client.next()["photos"][:3]
    for photo in done:
        assert client.decide(photo, "accept")[0] == 200
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    with open(tmp_path / "out" / LOG, "ab") as log:
        log.write(b'{"photo": "0002.jpg", "deci')  # as if it had been killed in the middle of a write
    second = Process(tmp_path, first.port)
    assert second.said == "6 photos: 3 accepted, 0 rejected, 3 to go; sorted by the teachers' disagreement\n"
    client = Client(second.port)
    assert client.decide(done[2], "accept")[0] == 200  # the reply of which got lost, sent again
    assert [photo["name"] for photo in client.next()["photos"]] == ["0002.jpg", "0001.jpg", "0000.jpg"]
    code, said = second.end(signal.SIGINT)
    assert code == 0 and "3 accepted" in said and "--finish writes the set" in said
    assert len(records(tmp_path / "out")) == 3


def test_a_disk_that_fills_up_holds_the_page_and_loses_nothing(tmp_path):
    """The kernel's limit on file sizes takes a part of the line and then refuses, as a full disk does."""
    pseudo_set(tmp_path / "p", 6)
    server = Process(tmp_path, largest=500)
    client, confirmed = Client(server.port), []
    for photo in client.next()["photos"]:
        status, answer = client.decide(photo, "accept")
        if status != 200:
            break
        confirmed.append(photo["name"])
    assert status == 507 and "review.jsonl: cannot be written" in answer["error"] and "free space" in answer["error"]
    assert [record["photo"] for record in records(tmp_path / "out")] == confirmed and 0 < len(confirmed) < 6
    assert client.decide(photo, "accept")[0] == 507
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)  # space was freed
    assert client.decide(photo, "accept")[0] == 200
    assert [record["photo"] for record in records(tmp_path / "out")] == [*confirmed, photo["name"]]
    server.end(signal.SIGINT)


def test_two_tabs_share_the_work_without_a_loss(tmp_path):
    queue, journal = open_queue(pseudo_set(tmp_path / "p", 200), tmp_path / "out")
    with ReviewServer(queue, tmp_path / "out", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        statuses = {"one": [], "two": []}

        def work(tab):
            client = Client(server.server_port, tab)
            while photos := client.next(4)["photos"]:
                statuses[tab] += [client.decide(photo, "accept")[0] for photo in photos]

        threads = [threading.Thread(target=work, args=(tab,)) for tab in statuses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.shutdown()
    journal.close()
    assert sorted(record["photo"] for record in records(tmp_path / "out")) == [
        f"{index:04d}.jpg" for index in range(200)
    ]
    assert sum(status.count(200) for status in statuses.values()) == 200
    assert all(status.count(409) <= 8 for status in statuses.values())  # only about the last photos, which both get


@pytest.mark.skipif(os.name != "posix", reason="needs file locks")
def test_a_second_server_on_the_same_set_is_refused(tmp_path):
    pseudo_set(tmp_path / "p", 2)
    first = Process(tmp_path)
    command = [sys.executable, ROOT / "pipelines" / "review.py", "p", "--out", "out", "--port", "0"]
    second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    first.end(signal.SIGINT)
    assert second.returncode == 2 and "another process is writing it" in second.stderr
