"""The page's server: this machine only, the standard library only."""

import contextlib
import http.server
import json
import math
import urllib.parse
from pathlib import Path

from tf_portrait.errors import PortraitError
from tf_portrait.journal import Unwritable
from tf_portrait.review.decisions import ACCEPT, REJECT, UNDO, Conflict
from tf_portrait.review.finish import write_set
from tf_portrait.review.pictures import Pictures
from tf_portrait.review.strokes import check_strokes
from tf_portrait.serve import LOOPBACK, QuietServer

PAGE = Path(__file__).resolve().parent / "page"
FILES = {"/": "index.html", "/review.js": "review.js", "/stage.js": "stage.js", "/review.css": "review.css"}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
LARGEST_BODY = 8 << 20  # bytes; a mend of the most points is a twentieth of it


class ReviewServer(QuietServer):
    """Serves the page for a Queue; out: where the set goes. Raises PortraitError if the port is taken."""

    daemon_threads = True

    def __init__(self, queue, out, port):
        self.queue, self.out, self.pictures = queue, out, Pictures()
        try:
            super().__init__((LOOPBACK, port), Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise PortraitError(f"--port {port}: {why}; --port 0 takes a free one") from error
        self.address = f"http://{LOOPBACK}:{self.server_port}"


class Refused(Exception):
    """A request that cannot be: status, and a sentence."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # a reply leaves in one piece
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self):
        self._answer({"/api/next": self._next, "/api/last": self._last, "/api/photo": self._photo,
                      "/api/outside": self._outside})  # fmt: skip

    def do_POST(self):
        self._answer({"/api/decide": self._decide, "/api/finish": self._finish, "/api/leave": self._leave})

    def _answer(self, routes):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        try:
            self._check_sender()
            if self.command == "GET" and url.path in FILES:
                path = PAGE / FILES[url.path]
                return self._send(200, TYPES[path.suffix], path.read_bytes())
            if url.path not in routes:
                raise Refused(404, f"{url.path}: there is no such page")
            kind, content = routes[url.path]()
            self._send(200, kind, content)
        except Refused as refused:
            self.close_connection = True  # what it sent may not have been read
            self._send_json(refused.status, {"error": refused.sentence})
        except Conflict as conflict:
            self._send_json(409, {"error": str(conflict)})
        except PortraitError as error:
            self._send_json(507 if isinstance(error, Unwritable) else 422, {"error": str(error)})
        except ConnectionError:
            self.close_connection = True

    def _check_sender(self):
        """Keeps out what other pages in the same browser ask for, under whatever name they reach this machine."""
        allowed = {f"{name}:{self.server.server_port}" for name in (LOOPBACK, "localhost")}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in allowed or (origin and origin.partition("//")[2] not in allowed):
            raise Refused(403, f"open the page as {self.server.address}")

    def _next(self):
        count = self.query.get("count", "12")
        if not count.isdecimal():
            raise Refused(400, f"count={count}: expected a number of photos")
        photos = self.server.queue.next(self.query.get("tab", ""), int(count))
        return _json({"photos": photos, "progress": self.server.queue.progress(), "out": str(self.server.out)})

    def _last(self):
        return _json({"photo": self.server.queue.last(self.query.get("tab", ""))})

    def _photo(self):
        return "image/jpeg", self.server.pictures.get(self._item())[0]

    def _outside(self):
        return "image/png", self.server.pictures.get(self._item())[1]

    def _decide(self):
        said = self._body()
        decision, seconds = said.get("decision"), said.get("seconds")
        if decision not in (ACCEPT, REJECT, UNDO) or not isinstance(said.get("version"), int):
            raise Refused(400, f"a decision is {ACCEPT}, {REJECT} or {UNDO}, about a version of a photo")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            seconds = None
        strokes = check_strokes(said.get("strokes", ())) if decision == ACCEPT else ()
        tab = str(said.get("tab", ""))
        try:
            photo = self.server.queue.decide(said.get("id"), said["version"], decision, tab, strokes, seconds)
        except (KeyError, TypeError) as error:
            raise Refused(404, f"no photo {said.get('id')}; load the page again") from error
        return _json({"photo": photo, "progress": self.server.queue.progress()})

    def _finish(self):
        self._body()
        report = write_set(self.server.queue, self.server.out)
        return _json({"written": report.written, "mended": report.mended, "left_out": report.left_out})

    def _leave(self):
        self.server.queue.leave(str(self._body().get("tab", "")))
        return _json({})

    def _item(self):
        try:
            return self.server.queue.items[self.query.get("id")]
        except KeyError as error:
            raise Refused(404, f"no photo {self.query.get('id')}; load the page again") from error

    def _body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            raise Refused(413, "too long; reject the photo, or mend less")
        content = self.rfile.read(int(length))
        try:
            if self.headers.get_content_type() != "application/json":
                raise ValueError("no application/json")
            value = json.loads(content)
            if not isinstance(value, dict):
                raise ValueError("no object")
            return value
        except ValueError as error:
            raise Refused(400, f"the request cannot be read ({error})") from error

    def _send_json(self, status, value):
        self._send(status, *_json(value))

    def _send(self, status, kind, content):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)
            self.wfile.flush()

    def log_message(self, *args):
        """Requests are not printed."""


def _json(value):
    return "application/json", json.dumps(value).encode()
