"""Looks at what must stay up whatever else is down, over and over."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from scripts.soak_case import Report
from scripts.soak_ledger import OK
from tests.served.asks import KEY_SET, many
from tests.support.served import Served

PUBLIC: Final = (KEY_SET, "/.well-known/openid-configuration", "/livez")
READY: Final = "/readyz"
EVERY_S: Final = 0.05
LATE_S: Final = 3.0
"""How long a look may take on a machine that everything runs on."""


@dataclass(slots=True)
class Probes:
    """What the probes saw.

    Attributes:
        ready: The last status of `/readyz`; 0 before the first.
    """

    report: Report
    ready: int = 0
    stopping: bool = False

    async def look(self, client: httpx.AsyncClient, path: str) -> None:
        """Look at a path until the end."""
        while not self.stopping:
            began_s = time.monotonic()
            try:
                status = (await client.get(path)).status_code
            except httpx.TransportError as error:
                self.report.faults.append(f"{path}: {type(error).__name__}")
                continue
            took_s = time.monotonic() - began_s
            self.note(path, status, took_s)
            await asyncio.sleep(EVERY_S)

    def note(self, path: str, status: int, took_s: float) -> None:
        """Take note of an answer."""
        if path == READY:
            self.ready = status
            return
        self.report.counts["looks: key set, discovery and /livez are there"] += 1
        self.report.longest("longest wait for key set, discovery or /livez, seconds", took_s)
        self.report.expect(f"{path}: {status}", holds=status == OK)
        self.report.expect(f"{path}: took {took_s:.1f} s", holds=took_s < LATE_S)

    async def wait_for(self, status: int, within_s: float) -> None:
        """Wait until `/readyz` says something; a fault if it does not."""
        began_s = time.monotonic()
        while self.ready != status:
            if time.monotonic() - began_s > within_s:
                self.report.faults.append(f"{READY} is not {status} within {within_s:g} s")
                return
            await asyncio.sleep(EVERY_S)


@asynccontextmanager
async def watched(served: Served, report: Report) -> AsyncIterator[Probes]:
    """Look at the public documents and the readiness of a server meanwhile."""
    probes = Probes(report)
    async with many(served, len(PUBLIC) + 1) as client:
        looks = [asyncio.create_task(probes.look(client, path)) for path in (*PUBLIC, READY)]
        try:
            yield probes
        finally:
            probes.stopping = True
            await asyncio.gather(*looks)
