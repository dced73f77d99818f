"""The wall clock is set by an hour and by a day, under load (promise D5).

The server alone sees another time: `soak_clock.c` stands before its C library.
"""

import asyncio
import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

import httpx
import pyotp

from scripts.soak_audit import Audit
from scripts.soak_case import SETTINGS, Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import OK, Ledger
from scripts.soak_probes import watched
from tests.served.asks import TOKEN, login, machine
from tests.served.house import STEADY, prepared
from tests.served.second_factors import Person, by_otp, demand_factors, people
from tests.support import postgres
from tests.support.served import Served

HOUR_S: Final = 3600
DAY_S: Final = 86_400
STEPS_S: Final = (0, HOUR_S, 0, -HOUR_S, 0, DAY_S, 0, -DAY_S, 0)
"""How far the clock is ahead, one after another."""

OFF_S: Final = 5
"""How far the time in a token may be from the clock, on a busy machine."""

SOURCE: Final = Path(__file__).with_suffix(".c")
_INT64_BYTES: Final = 8


class Clock:
    """The wall clock of the servers that are started on it."""

    def __init__(self, folder: Path) -> None:
        """Compile what lies to them."""
        self._library, self._file = folder / "clock.so", folder / "clock"
        self.ahead_s = 0
        self.set(0)
        command = ["gcc", "-shared", "-fPIC", "-O2", "-o", str(self._library), str(SOURCE)]
        subprocess.run(command, check=True)

    def set(self, ahead_s: int) -> None:
        """Set it that far ahead of the true time, or behind it."""
        self.ahead_s = ahead_s
        number = ahead_s.to_bytes(_INT64_BYTES, "little", signed=True)
        with self._file.open("r+b" if self._file.exists() else "wb", buffering=0) as file:
            file.write(number)  # in place: the servers have the file in their memory

    def now(self) -> float:
        """Return its time, in unix seconds."""
        return time.time() + self.ahead_s

    @contextmanager
    def serving(self, served: Served) -> Iterator[None]:
        """Start a server that believes it, and stop it afterwards."""
        told = {"LD_PRELOAD": str(self._library), "SOAK_CLOCK": str(self._file)}
        os.environ.update(told)
        try:
            served.start()
        finally:
            for name in told:
                del os.environ[name]
        try:
            yield
        finally:
            served.stop()


def on_sqlite(ground: Ground) -> Report:
    """Set the clock of a server that keeps its own file."""
    return _stepped(ground, "")


def on_postgres(ground: Ground) -> Report:
    """Set the clock of a server on PostgreSQL, whose own clock is right."""
    with postgres.running() as server, server.database() as url:
        return _stepped(ground, url)


def _stepped(ground: Ground, url: str) -> Report:
    report = Report()
    clock = Clock(ground.folder)
    served = guarded(ground.folder / "data", url)
    ledger = Ledger(report)
    audit = Audit(served, ledger)
    with clock.serving(served):
        for before_s, after_s in pairwise(STEPS_S):
            clock.set(before_s)
            asyncio.run(_step(ground, served, ledger, clock, after_s))
            asyncio.run(audit.of_what_is_new())
            ground.say(f"from {before_s:+} s to {after_s:+} s, {len(report.faults)} faults")
        asyncio.run(audit.of_all())
    for what in ("told to come again (503)", "asks that were not answered"):
        report.expect(f"{what}: {report.counts[what]}", holds=report.counts[what] == 0)
    return report


async def _step(ground: Ground, served: Served, ledger: Ledger, clock: Clock, to_s: int) -> None:
    """Set the clock while everybody works, and look at the times in a token before and after."""
    async with watched(served, ledger.report), under_load(served, ledger) as load:
        await asyncio.sleep(ground.load_s)
        await _read(load.client, ledger, clock)
        clock.set(to_s)
        ledger.report.counts["steps of the clock"] += 1
        await _read(load.client, ledger, clock)
        await asyncio.sleep(ground.load_s)


async def _read(client: httpx.AsyncClient, ledger: Ledger, clock: Clock) -> None:
    answer = await ledger.ask(client, machine(STEADY))
    body = answer.json()["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    off_s, lives_s = claims["iat"] - clock.now(), claims["exp"] - claims["iat"]
    ledger.report.counts["looks: a token has the time of the clock"] += 1
    ledger.report.expect(f"iat is off by {off_s:.0f} s", holds=abs(off_s) < OFF_S)
    ledger.report.expect(f"a token lives {lives_s} s", holds=lives_s == DAY_S)


def of_codes(ground: Ground) -> Report:
    """Show codes of an app before and after each step: none is good twice, none older than one."""
    report = Report()
    clock = Clock(ground.folder)
    served = prepared(ground.folder / "data", settings=SETTINGS)
    asyncio.run(demand_factors(served))
    them = people(served, len(STEPS_S) - 1)
    with clock.serving(served), served.client() as client:
        for person, (before_s, after_s) in zip(them, pairwise(STEPS_S), strict=True):
            clock.set(before_s)
            first = pyotp.TOTP(person.seed).at(int(clock.now()))
            statuses = [_shown(client, person, first), _shown(client, person, first)]
            clock.set(after_s)
            later = pyotp.TOTP(person.seed).at(int(clock.now()))
            statuses += [_shown(client, person, code) for code in (first, later, later)]
            # After a step back the budget of codes is empty too, and nothing is looked at (429).
            expected = [True, False, False, after_s > before_s, False]
            report.counts["codes shown"] += len(statuses)
            report.counts["codes accepted"] += statuses.count(OK)
            report.counts["steps of the clock"] += 1
            report.expect(
                f"from {before_s:+} s to {after_s:+} s: {statuses}",
                holds=[status == OK for status in statuses] == expected,
            )
    return report


def _shown(client: httpx.Client, person: Person, code: str) -> int:
    """Log in anew, and return how the code was answered."""
    token = client.post(TOKEN, data=login(STEADY, person.email)).json()["mfa_token"]
    return client.post(TOKEN, data=by_otp(token, code)).status_code
