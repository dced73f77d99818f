"""A load generator that costs little: raw HTTP/1.1, one keep-alive connection an asker."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, cast

HOST: Final = "127.0.0.1"
OK: Final = 200
BUSY: Final = 503
"""The server's own answer to more logins than it can hash; no fault."""

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_REQUESTS_AT_MOST: Final = 200_000
_COME_AGAIN_S: Final = 0.2
"""How long an asker that was told to come again waits; a fifth of what the server asks for."""


class Answer(NamedTuple):
    """What came back; status 0 when the connection broke."""

    status: int
    body: bytes


class Asker(Protocol):
    """One client: says what to send next, and learns from the answer."""

    def next(self) -> bytes:
        """Return the next request, head and body."""
        ...

    def learn(self, answer: Answer) -> None:
        """Take note of an answer."""
        ...


@dataclass(slots=True)
class Load:
    """What a phase of load saw.

    Attributes:
        latencies_s: Of each answered request, in seconds.
        statuses: How many answers had which status.
        seconds: How long the phase took.
    """

    latencies_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def granted(self) -> int:
        """How many requests were answered 200."""
        return self.statuses[OK]

    @property
    def errors(self) -> int:
        """How many were neither granted nor told to come again."""
        return sum(self.statuses.values()) - self.statuses[OK] - self.statuses[BUSY]

    @property
    def per_s(self) -> float:
        """Granted requests a second."""
        return self.granted / self.seconds

    def percentile_ms(self, percent: float) -> float:
        """Return the latency that so many percent of the answers stayed under, in ms."""
        ordered = sorted(self.latencies_s)
        if not ordered:
            return float("nan")
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def note(self, answer: Answer, latency_s: float) -> None:
        """Count an answer."""
        self.statuses[answer.status] += 1
        self.latencies_s.append(latency_s)


class Connection(asyncio.Protocol):
    """One connection that carries one request at a time."""

    def __init__(self) -> None:
        """Begin without anything asked."""
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has no such base

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._finish(Answer(0, b""))

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data
        end = received.find(_HEAD_END)
        if end < 0:
            return
        head = received[:end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        begin = end + len(_HEAD_END)
        if len(received) >= begin + length:
            self._received = b""
            status = int(received[9:12])  # HTTP/1.1 200 OK
            self._finish(Answer(status, received[begin : begin + length]))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer."""
        if self._transport is None:
            return Answer(0, b"")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def _finish(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)


async def connect(port: int) -> Connection:
    """Return an open connection to the server under test."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, HOST, port)
    return connection


async def as_fast_as_answered(port: int, askers: Sequence[Asker], seconds: float) -> Load:
    """Let every asker send its next request as soon as its last one is answered."""
    load = Load()

    async def keep_asking(asker: Asker) -> None:
        connection = await connect(port)
        for _ in range(_REQUESTS_AT_MOST):
            began = time.perf_counter()
            if began >= until:
                break
            answer = await connection.ask(asker.next())
            load.note(answer, time.perf_counter() - began)
            asker.learn(answer)
            if answer.status == BUSY:
                await asyncio.sleep(_COME_AGAIN_S)
            if answer.status == 0:
                break
        connection.close()

    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(keep_asking(asker) for asker in askers))
    load.seconds = time.perf_counter() - began
    return load


async def at_a_pace(port: int, askers: Sequence[Asker], seconds: float, *, per_s: float) -> Load:
    """Send so many requests a second in all, spread over the askers.

    A request that is sent late because the last answer of its asker was late counts from the
    moment it was due: slow answers must not thin out the samples.
    """
    load = Load()
    step_s = len(askers) / per_s

    async def keep_pace(number: int, asker: Asker) -> None:
        connection = await connect(port)
        due = began + step_s * (number + 1) / len(askers)
        while due < began + seconds:
            wait_s = due - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
                due = time.perf_counter()
            answer = await connection.ask(asker.next())
            load.note(answer, time.perf_counter() - due)
            asker.learn(answer)
            if answer.status == 0:
                break
            due += step_s
        connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(keep_pace(number, asker) for number, asker in enumerate(askers)))
    load.seconds = time.perf_counter() - began
    return load
