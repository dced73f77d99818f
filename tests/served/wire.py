"""Bytes on a TLS connection, for what no HTTP client would send."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tests.served.asks import TOKEN, trust
from tests.support.served import Served

ANSWER_TIMEOUT_S: Final = 20
_CHUNK_BYTES: Final = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came, its head in lower case."""

    status: int
    head: str
    body: bytes


@contextmanager
def connected(served: Served) -> Iterator[ssl.SSLSocket]:
    """Open a TLS connection to an instance."""
    with (
        socket.create_connection(("127.0.0.1", served.port), ANSWER_TIMEOUT_S) as plain,
        trust(served).wrap_socket(plain, server_hostname="localhost") as wire,
    ):
        yield wire


def token_request(served: Served, form: dict[str, str]) -> bytes:
    """Return a whole request to the token endpoint, after whose answer the server closes."""
    body = urlencode(form).encode()
    return head(served, f"content-length: {len(body)}", "connection: close") + body


def head(served: Served, *lines: str, method: str = "POST", path: str = TOKEN) -> bytes:
    """Return the head of a request with a form."""
    fixed = (f"host: {served.domain}", "content-type: application/x-www-form-urlencoded")
    return "\r\n".join((f"{method} {path} HTTP/1.1", *fixed, *lines, "", "")).encode()


def answer(wire: ssl.SSLSocket) -> Answer:
    """Read one answer to its declared end.

    Raises:
        ConnectionError: The connection ended before the answer did.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(wire, data)
    raw_head, _, body = data.partition(b"\r\n\r\n")
    text = raw_head.decode("latin-1").lower()
    length = int(text.partition("content-length:")[2].split()[0])
    while len(body) < length:
        body += _more(wire, body)
    return Answer(int(text.split()[1]), text, body)


def until_closed(wire: ssl.SSLSocket) -> bytes:
    """Read whatever comes until the server closes the connection."""
    data = b""
    try:
        while chunk := wire.recv(_CHUNK_BYTES):
            data += chunk
    except (ssl.SSLEOFError, ConnectionError):
        pass  # closed all the same, without TLS's farewell
    return data


def _more(wire: ssl.SSLSocket, so_far: bytes) -> bytes:
    chunk = wire.recv(_CHUNK_BYTES)
    if not chunk:
        raise ConnectionError(f"the answer ends after {len(so_far)} bytes")
    return chunk
