"""Clients that are slow, endless, huge or silent, all at once; the others must not notice."""

import asyncio
import resource
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from scripts.soak_case import SETTINGS, Ground, Report
from scripts.soak_ledger import OK
from scripts.soak_probes import watched
from tests.served import wire
from tests.served.asks import TOKEN, machine, many, trust
from tests.served.house import STEADY, serving
from tests.support.served import Served

FILES: Final = 1024
"""Open files that most systems let a process have unless it asks for more."""

IDLE: Final = 1000
SLOW: Final = 100
OPENED_AT_ONCE: Final = 20
BODY_TIMEOUT_S: Final = 5.0
HEAD_TIMEOUT_S: Final = 10.0
MARGIN_S: Final = 10.0
"""How much later than its time-out a connection may end on a busy machine."""

DRIP_S: Final = 1.0
DECLARED: Final = "content-length: 1000"
CHUNK: Final = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
MAX_GROWTH_MIB: Final = 200.0
SLOWEST_S: Final = 2.0
"""How long the 99th of a hundred grants may take meanwhile; the load generator shares the cores."""

_FORM: Final = "content-type: application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Crowd:
    """Those who misbehave towards one server."""

    served: Served
    trusted: ssl.SSLContext
    report: Report
    turns: asyncio.Semaphore

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a connection, not too many at the same moment."""
        async with self.turns:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.served.port, ssl=self.trusted, server_hostname="localhost"
            )
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def told(
        self, what: str, expected: int, reader: asyncio.StreamReader, by_s: float
    ) -> None:
        """Read an answer until the connection ends; it must say what is expected, in time."""
        began_s = time.monotonic()
        got = b""
        with suppress(ssl.SSLError, ConnectionError):
            async with asyncio.timeout(by_s + MARGIN_S):
                got = await reader.read()
        lasted_s = time.monotonic() - began_s
        status = int(got[9:12]) if got[:5] == b"HTTP/" else 0
        self.report.counts[f"{what}: {status or 'closed'}"] += 1
        self.report.expect(f"{what}: {status}", holds=status == expected)
        self.report.expect(f"{what}: lasted {lasted_s:.0f} s", holds=lasted_s < by_s + MARGIN_S)

    async def idle(self) -> None:
        """Say nothing."""
        async with self.wire() as (reader, _):
            await self.told("silent connections", 408, reader, HEAD_TIMEOUT_S)

    async def slow_head(self) -> None:
        """Send a head one byte at a time."""
        async with self.wire() as (reader, writer):
            drip = asyncio.create_task(_drip(writer, wire.head(self.served, DECLARED)))
            await self.told("heads a byte a second", 408, reader, HEAD_TIMEOUT_S)
            drip.cancel()

    async def slow_body(self) -> None:
        """Send a body one byte at a time."""
        async with self.wire() as (reader, writer):
            writer.write(wire.head(self.served, DECLARED, "connection: close"))
            drip = asyncio.create_task(_drip(writer, b"a" * 1000))
            await self.told("bodies a byte a second", 408, reader, BODY_TIMEOUT_S)
            drip.cancel()

    async def endless_body(self) -> None:
        """Send chunk after chunk."""
        async with self.wire() as (reader, writer):
            writer.write(wire.head(self.served, "transfer-encoding: chunked", "connection: close"))
            flood = asyncio.create_task(_flood(writer))
            await self.told("bodies without an end", 413, reader, BODY_TIMEOUT_S)
            flood.cancel()

    async def says(self, what: str, request: bytes, expected: int) -> None:
        """Send everything at once, and close one half of the connection where TLS can."""
        async with self.wire() as (reader, writer):
            writer.write(request)
            await self.told(what, expected, reader, BODY_TIMEOUT_S)

    def huge(self) -> Sequence[Awaitable[None]]:
        """Return those who send too much of something."""
        many_ = b"&".join(b"p%d=x" % number for number in range(6000))
        deep = b'{"a":' * 9000 + b"1" + b"}" * 9000
        filler = [f"x-filler-{number}: {'a' * 100}" for number in range(200)]
        return [
            self.says("heads of 20 KiB", wire.head(self.served, *filler), 431),
            self.says("one header of 60 KiB", wire.head(self.served, f"x: {'a' * 60_000}"), 431),
            self.says(
                "bodies of 1 GB declared", self._post(b"", "content-length: 1000000000"), 413
            ),
            self.says("bodies of 6,000 parameters", self._post(many_), 400),
            self.says("bodies nested 9,000 deep", self._json(deep), 400),
        ]

    def _post(self, body: bytes, length: str = "") -> bytes:
        length = length or f"content-length: {len(body)}"
        return wire.head(self.served, length, "connection: close") + body

    def _json(self, body: bytes) -> bytes:
        return self._post(body).replace(_FORM.encode(), b"content-type: application/json")


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(DRIP_S)


async def _flood(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while not writer.transport.is_closing():
            writer.write(CHUNK)
            await writer.drain()
            await asyncio.sleep(DRIP_S / 20)


def misbehaving(ground: Ground) -> Report:
    """Let all of them come at once, beside a few who behave."""
    report = Report()
    settings = {**SETTINGS, "body_timeout_s": BODY_TIMEOUT_S}
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most))
    with serving(ground.folder / "data", settings=settings) as served:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        asyncio.run(_together(ground, served, report))
    return report


async def _together(ground: Ground, served: Served, report: Report) -> None:
    figures = report.figures
    crowd = Crowd(served, trust(served), report, asyncio.Semaphore(OPENED_AT_ONCE))
    async with many(served, 1) as client, watched(served, report):
        figures["p99 of a grant alone, seconds"] = await _p99_s(client, report)
        figures["resident before, MiB"] = before = _rss_mib(served.pid)
        slow = [crowd.slow_head, crowd.slow_body]
        crowds = [
            *(asyncio.create_task(crowd.idle()) for _ in range(IDLE)),
            *(asyncio.create_task(one()) for one in slow for _ in range(SLOW)),
            *(asyncio.create_task(crowd.endless_body()) for _ in range(SLOW)),
            *(asyncio.ensure_future(one) for _ in range(SLOW // 5) for one in crowd.huge()),
        ]
        ground.say(f"{len(crowds)} clients misbehave")
        slowest = 0.0
        while not all(one.done() for one in crowds):
            slowest = max(slowest, await _p99_s(client, report))
            report.longest("resident meanwhile, at most, MiB", _rss_mib(served.pid))
        for ended in await asyncio.gather(*crowds, return_exceptions=True):
            report.expect(f"cut off: {ended!r}", holds=ended is None)
        figures["p99 of a grant meanwhile, seconds"] = slowest
        figures["resident afterwards, MiB"] = after = _rss_mib(served.pid)
    report.expect(f"p99 {slowest:.1f} s", holds=slowest < SLOWEST_S)
    grown = after - before
    report.expect(f"{grown:.0f} MiB more afterwards", holds=grown < MAX_GROWTH_MIB)


async def _p99_s(client: httpx.AsyncClient, report: Report) -> float:
    """Ask a hundred times, one after another, and return how long the second slowest took."""
    took_s = []
    for _ in range(100):
        began_s = time.monotonic()
        answer = await client.post(TOKEN, data=machine(STEADY))
        took_s.append(time.monotonic() - began_s)
        report.counts["grants to those who behave"] += 1
        report.expect(f"a grant: {answer.status_code}", holds=answer.status_code == OK)
    return sorted(took_s)[-2]


def _rss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)
