"""SIGTERM under load: everything that was sent is answered (promise D8)."""

import asyncio
import os
import signal
import ssl
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from scripts.soak_case import SETTINGS, Ground, Report
from scripts.soak_ledger import OK
from tests.served import wire
from tests.served.asks import KEY_SET, TOKEN, login, machine, trust
from tests.served.house import PEOPLE, STEADY, prepared
from tests.support.served import Served

PLAYERS: Final = 8
"""Of each kind."""

STOPPED_S: Final = 30.0
PAUSE_S: Final = 0.3
"""Between two asks of somebody whose pool keeps a connection."""

COSTLY: Final = {"argon2_memory_kib": 8192, "argon2_passes": 2, "hash_max_wait_s": 60.0}
"""Logins that take a while, so that some are in flight at any moment."""

_CLOSES: Final = b"\r\nconnection: close"


class Lost(Exception):
    """A request was sent, and the connection ended without an answer."""


@dataclass(slots=True)
class Line:
    """A keep-alive connection that carries one request at a time, and repeats none.

    Attributes:
        is_last: The answer said that it was the last one of the connection.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    is_last: bool = False

    async def ask(self, request: bytes) -> int:
        """Return the status of the answer.

        Raises:
            Lost: There was none.
        """
        try:
            self.writer.write(request)
            await self.writer.drain()
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            await self.reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError) as error:
            raise Lost(type(error).__name__) from None
        self.is_last = _CLOSES in head
        return int(head.split()[1])

    def is_open(self) -> bool:
        """Say whether the other side has not closed it, as a pool looks before it lends one."""
        return not (self.reader.at_eof() or self.writer.transport.is_closing())


@dataclass(slots=True)
class Play:
    """All who ask one server."""

    served: Served
    trusted: ssl.SSLContext
    report: Report
    stopped_at_s: float = float("inf")

    async def connected(self) -> Line | None:
        """Open a connection; None when nobody listens any more.

        Raises:
            Lost: It was accepted and then ended.
        """
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.served.port, ssl=self.trusted, server_hostname="localhost"
            )
        except ConnectionRefusedError:
            return None
        except (OSError, ssl.SSLError) as error:
            raise Lost(f"a new connection: {type(error).__name__}") from None
        return Line(reader, writer)

    async def go_on(self, what: str, request: bytes, pause_s: float, *, keeps: bool) -> None:
        """Ask until nobody listens any more."""
        line: Line | None = None
        try:
            while True:
                if line is None or line.is_last or not keeps or not line.is_open():
                    _end(line)
                    line = await self.connected()
                if line is None:
                    return
                status = await line.ask(request)
                late = time.monotonic() > self.stopped_at_s
                self.report.counts[f"{what}: answered{' after SIGTERM' if late else ''}"] += 1
                self.report.expect(f"{what}: {status}", holds=status == OK)
                if not keeps:
                    line.writer.close()
                await asyncio.sleep(pause_s)
        except Lost as lost:
            after_s = time.monotonic() - self.stopped_at_s
            self.report.counts["lost answers"] += 1
            self.report.faults.append(f"{what}: {lost}, {after_s:.2f} s after SIGTERM")
        finally:
            _end(line)


def _end(line: Line | None) -> None:
    if line is not None:
        line.writer.transport.abort()


def with_one_worker(ground: Ground) -> Report:
    """Stop a server of one process."""
    return _stopped(ground, "1")


def with_two_workers(ground: Ground) -> Report:
    """Stop a server of two processes."""
    return _stopped(ground, "2")


def _stopped(ground: Ground, workers: str) -> Report:
    report = Report()
    report.counts["lost answers"] = 0
    served = prepared(ground.folder / "data", settings={**SETTINGS, **COSTLY})
    served.options = (*served.options, "--workers", workers)
    for _ in range(ground.times):
        served.start()
        try:
            asyncio.run(_stop(ground, served, report))
        finally:
            served.stop()
        report.counts["stops"] += 1
    return report


async def _stop(ground: Ground, served: Served, report: Report) -> None:
    play = Play(served, trust(served), report)
    tasks = [asyncio.create_task(one()) for one in _players(play)]
    await asyncio.sleep(ground.load_s)
    play.stopped_at_s = began_s = time.monotonic()
    os.kill(served.pid, signal.SIGTERM)
    status = await asyncio.to_thread(served.wait)
    lasted_s = time.monotonic() - began_s
    async with asyncio.timeout(STOPPED_S):
        await asyncio.gather(*tasks)
    report.longest("longest from SIGTERM to the end, seconds", lasted_s)
    report.expect(f"status {status}", holds=status == 0)
    report.expect(f"stopping took {lasted_s:.0f} s", holds=lasted_s < STOPPED_S)


def _players(play: Play) -> list[Callable[[], Coroutine[Any, Any, None]]]:
    forms = {"logins": login(STEADY, PEOPLE[0]), "machines": machine(STEADY)}
    requests = {what: _post(play.served, form) for what, form in forms.items()}
    requests["readers"] = wire.head(play.served, method="GET", path=KEY_SET)
    kinds = [
        partial(play.go_on, f"{what}, {how}", request, pause_s, keeps=keeps)
        for what, request in requests.items()
        for how, pause_s, keeps in (
            ("without a pause", 0.0, True),
            ("with a pause", PAUSE_S, True),
            ("each on a new connection", PAUSE_S, False),
        )
    ]
    return [kind for kind in kinds for _ in range(PLAYERS)]


def _post(served: Served, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    return wire.head(served, f"content-length: {len(body)}", path=TOKEN) + body
