"""A real HTTP server on loopback that takes log events, or does not, as a test tells it."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG_UP = 0
"""Instead of a status: the connection is closed when the body has been read."""


@dataclass
class Catcher:
    """What arrived.

    Attributes:
        answers: Statuses of the next answers; afterwards all are 200.
        bodies: Of every request, also of those that were not answered with success.
        headers: Of every request, names in lower case.
        paths: Of every request.
        says: Body of every answer.
        on_arrival: Done when a body has been read, before it is answered.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    says: bytes = b""
    on_arrival: Callable[[], None] = lambda: None

    def descriptions(self) -> list[list[str]]:
        """Return the descriptions of the events of each request that came as JSON lines."""
        return [
            [json.loads(line)["data"]["description"] for line in body.splitlines()]
            for body in self.bodies
        ]


@contextmanager
def a_catcher(tls: ssl.SSLContext | None = None) -> Iterator[Catcher]:
    """Run a server on a free port of loopback, with TLS if it is told how."""
    caught = Catcher()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            caught.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            caught.headers.append({name.lower(): text for name, text in self.headers.items()})
            caught.paths.append(self.path)
            caught.on_arrival()
            status = caught.answers.pop(0) if caught.answers else 200
            if status == HANG_UP:
                self.close_connection = True
                return
            self.send_response(status)
            if status // 100 == 3:
                self.send_header("location", f"{caught.url}/elsewhere")
            self.send_header("content-length", str(len(caught.says)))
            self.end_headers()
            self.wfile.write(caught.says)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    caught.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield caught
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
