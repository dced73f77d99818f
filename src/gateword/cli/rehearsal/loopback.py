"""An HTTP client for one server of this machine, and for nobody else.

Rule: nothing is sent unless the address is a loopback address written in digits. No name is looked
up, no redirect followed, no proxy asked.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

import httptools

from gateword.values import dataclass, field

_MAX_PORT: Final = 65535


class NotLoopback(Exception):
    """The address is not one of this machine's own: nothing was sent."""


class Broken(Exception):
    """The server closed a connection before its answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; a body is a form.

    Attributes:
        host: Names the tenant.
    """

    host: str
    path: str
    form: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def written(self) -> bytes:
        """Return it as HTTP/1.1."""
        lines = [f"{'POST' if self.form else 'GET'} {self.path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        body = self.form.encode()
        if body:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


class Line(Protocol):
    """One connection, kept open, that carries one request at a time."""

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer.

        Raises:
            Broken: None came.
        """
        ...


class Loopback:
    """Asks the server at one base URL."""

    def __init__(self, base: str) -> None:
        """Take the server's address.

        Args:
            base: `http://127.0.0.1:PORT`, or another loopback address in digits.

        Raises:
            NotLoopback: It is anything else.
        """
        self._host, self._port = _checked(base)

    async def ask(self, request: Request) -> Answer:
        """Ask once, on a connection of its own."""
        async with self.line() as line:
            return await line.ask(request.written())

    async def all(self, requests: Sequence[Request], at_once: int) -> list[Answer]:
        """Ask for everything, so much at a time; the answers are in the order of the requests."""
        waiting = iter(enumerate(requests))
        answers: dict[int, Answer] = {}

        async def work(waiting: Iterator[tuple[int, Request]]) -> None:
            async with self.line() as line:
                for number, request in waiting:
                    answers[number] = await line.ask(request.written())

        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(requests))):
                group.create_task(work(waiting))
        return [answers[number] for number in range(len(requests))]

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Open a connection for as long as the context lasts."""
        loop = asyncio.get_running_loop()
        transport, line = await loop.create_connection(_Line, self._host, self._port)
        try:
            yield line
        finally:
            transport.close()


def _checked(base: str) -> tuple[str, int]:
    refused = NotLoopback(f"{base} is no http://ADDRESS:PORT of this machine's loopback interface")
    try:
        parts = urlsplit(base)
        address, port = ip_address(parts.hostname or ""), parts.port
    except ValueError:
        raise refused from None
    is_bare = not (parts.username or parts.query or parts.fragment) and parts.path in ("", "/")
    if parts.scheme != "http" or not is_bare or not address.is_loopback:
        raise refused
    if port is None or not 0 < port <= _MAX_PORT:
        raise refused
    return str(address), port


@dataclass(slots=True)
class _Incoming:
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class _Line(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._incoming = _Incoming()
        self._answer: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes) -> Answer:
        if self._transport is None:
            raise Broken
        self._incoming = _Incoming()
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken(str(exc or "")))

    def data_received(self, data: bytes) -> None:
        if self._parser is not None:
            self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._incoming.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, body: bytes) -> None:
        self._incoming.body += body

    def on_message_complete(self) -> None:
        came = self._incoming
        answer = Answer(self._parser.get_status_code(), tuple(came.headers), came.body)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
