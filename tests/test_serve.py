"""The server of demo.py: the headers that threads need, and nothing from outside its folder."""

import http.client
import socket
import struct
import threading

import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.serve import server_of


@pytest.fixture
def ask(tmp_path):
    """ask("/path") -> (status, headers, body), from a served folder with a secret beside it."""
    folder = tmp_path / "page"
    (folder / "app").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>page</h1>")
    (folder / "app/main.js").write_text("//")
    (folder / "app/runtime.wasm").write_bytes(b"\0asm")
    (folder / ".hidden").write_text("no")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "way_out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "page_2").mkdir()
    (tmp_path / "page_2/index.html").write_text("another")
    server = server_of(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def call(path, method="GET"):
        connection = http.client.HTTPConnection(*server.server_address, timeout=10)
        connection.putrequest(method, path, skip_host=False)  # the path as it is, dots and all
        connection.endheaders()
        response = connection.getresponse()
        found = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return found

    yield call
    server.shutdown()
    server.server_close()


def test_a_page_is_cross_origin_isolated(ask):
    status, headers, body = ask("/")
    assert (status, body) == (200, b"<h1>page</h1>")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert ask("/app/runtime.wasm")[1]["Content-type"] == "application/wasm"
    assert ask("/app/main.js?x=1")[1]["Content-type"] == "text/javascript"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/app/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/..\\secret.txt",
        "/../page_2/index.html",
        "/way_out.txt",
        "/.hidden",
        "/app/",
        "/app",
        "/none",
        "/%00",
    ],
)
def test_what_is_no_file_of_the_folder_is_not_found(ask, path):
    for method in ("GET", "HEAD"):
        status, _, body = ask(path, method)
        assert status == 404 and b"secret" not in body and b"another" not in body


def test_a_browser_that_leaves_early_is_not_reported(tmp_path, capsys):
    (tmp_path / "large.bin").write_bytes(bytes(1 << 25))
    server = server_of(tmp_path)
    server.daemon_threads = False  # closing the server waits for the answer
    with socket.create_connection(server.server_address) as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # leaves with a reset
        browser.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        server.handle_request()
        browser.recv(100)
    server.server_close()
    assert capsys.readouterr().err == ""


def test_other_methods_are_refused(ask):
    assert ask("/", "POST")[0] == 501 and ask("/", "PUT")[0] == 501


def test_it_listens_on_this_computer_alone(tmp_path):
    with server_of(tmp_path) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortraitError, match=f"127.0.0.1:{port}: cannot be served from .*another --port"):
            server_of(tmp_path, port=port)
