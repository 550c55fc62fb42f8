"""A folder served to browsers: static files with the headers that WebAssembly threads need, and nothing else."""

import http.server
import sys
from pathlib import Path

from tf_portrait.errors import PortraitError

LOOPBACK = "127.0.0.1"
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",  # these two make a page cross-origin isolated, which threads need
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # a new export shows at once
}
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


def server_of(folder, host=LOOPBACK, port=0):
    """An HTTP server of a folder's files, not started yet; port 0 takes a free one.

    What lies outside the folder, also behind a symbolic link, hidden files and lists of folders are 404. Raises
    PortraitError if the port is taken.
    """
    root = Path(folder).resolve()

    class Handler(_Handler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(root))

    try:
        return QuietServer((host, port), Handler)
    except OSError as error:
        raise PortraitError(f"{host}:{port}: cannot be served from ({error.strerror}); give another --port") from error


class QuietServer(http.server.ThreadingHTTPServer):
    """A browser that leaves in the middle of an answer is no error."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, **TYPES}

    def send_head(self):
        """The file that is asked for, opened; what is no file of the folder is 404."""
        root, path = Path(self.directory), Path(self.translate_path(self.path))
        inside = path.relative_to(root).parts if path.is_relative_to(root) else (".",)
        target = path / "index.html" if path.is_dir() else path
        hidden = any(part.startswith(".") for part in inside)
        if hidden or not target.is_file() or not target.resolve().is_relative_to(root):
            self.send_error(404)
            return None
        return super().send_head()

    def end_headers(self):
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        """The terminal belongs to the command."""
