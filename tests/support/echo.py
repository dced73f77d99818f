"""An HTTP server that tells what it was sent; some paths do something else."""

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Final

from gateword.ports.outbound import MOST_BODY_BYTES


class Echo(BaseHTTPRequestHandler):
    """Answers one connection.

    Attributes:
        peers: Ports that connections came from.
    """

    protocol_version = "HTTP/1.1"
    peers: Final[set[int]] = set()

    def do_GET(self) -> None:  # the library's name
        self.peers.add(self.client_address[1])
        length = int(self.headers.get("content-length") or 0)
        sent = self.rfile.read(length).decode()
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "slow":
            time.sleep(1)
        if kind == "loop":
            self._say(302, b"", location="/loop")
        elif kind in ("301", "302", "303", "307", "308"):
            self._say(int(kind), b"", location=rest or "/there")
        elif kind == "large":
            self._say(200, b"x" * (MOST_BODY_BYTES + 1))
        else:
            told = {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": sent,
            }
            self._say(404 if kind == "missing" else 200, json.dumps(told).encode())

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # the library's names

    def _say(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
