"""The phases of a bench run against one server; each returns its figures."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

from scripts import bench_limits as limits
from scripts.bench_client import BUSY, OK, Asker, Load, as_fast_as_answered, at_a_pace, connect
from scripts.bench_commits import counting
from scripts.bench_server import Failed, Server
from scripts.bench_tenant import (
    ROTATING,
    WEB,
    Refreshing,
    key_set,
    login,
    logins,
    machine,
)

OFFLINE: Final = "offline_access read:things"
FULL_LOGIN: Final = f"openid profile email {OFFLINE}"
_ASKERS: Final = 16
"""Connections of cheap grants; enough that a worker never waits for the generator."""

LOGINS_A_CORE: Final = 8
"""Connections of password grants for each core: a queue of about 0.15 s."""

_ROUNDS: Final = 4
_PACE_PER_S: Final = 50.0
_PACED_ASKERS: Final = 10

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A running server and how long each phase may take."""

    server: Server
    domain: str
    scale: float
    say: Callable[[str], None]
    database_url: str
    file: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    async def cheap_grants(self) -> Figures:
        """Measure grants without a hash, each between two measures of bare signing."""
        rounds: list[tuple[str, Sequence[Asker]]] = [
            ("client_credentials", [machine() for _ in range(_ASKERS)]),
            ("refresh_token", await self.refreshing(WEB, _ASKERS)),
            ("refresh_token_rotating", await self.refreshing(ROTATING, _ASKERS)),
            ("refresh_token_openid", await self.refreshing(WEB, _ASKERS, FULL_LOGIN)),
        ]
        figures: Figures = {}
        before = limits.signatures_per_s(1.0 * self.scale)
        for name, askers in rounds:
            self.say(f"{name} grants")
            load, cpu_ms = await self.flat_out(askers, 5.0)
            after = limits.signatures_per_s(1.0 * self.scale)
            bare = fmean([before, after])
            figures[name] = _rates(load, cpu_ms) | {
                "signatures_per_s": bare,
                "ratio_to_signatures": load.per_s / bare,
                "p50_ms": load.percentile_ms(50),
                "p99_ms": load.percentile_ms(99),
            }
            before = after
        return figures

    async def passwords(self) -> Figures:
        """Measure logins, each round between two measures of bare hashing beside it.

        Neighbours on the machine come and go: the share is the median of the rounds' shares.
        """
        askers = LOGINS_A_CORE * limits.cores()
        kinds = [
            ("password", logins(askers)),
            ("password_openid_offline", logins(askers, FULL_LOGIN)),
        ]
        bare = [self._hashes()]
        loads: dict[str, list[tuple[Load, float]]] = {name: [] for name, _ in kinds}
        shares: dict[str, list[float]] = {name: [] for name, _ in kinds}
        for name, kind in kinds * _ROUNDS:
            self.say(f"{name} grants on {askers} connections")
            load, cpu_ms = await self.flat_out(kind, 2.5)
            loads[name].append((load, cpu_ms))
            bare.append(self._hashes())
            shares[name].append(load.per_s / fmean(one.per_s for one in bare[-2:]))
        figures: Figures = {
            "hashes_per_s": fmean(one.per_s for one in bare),
            "hashes_per_s_each": [one.per_s for one in bare],
            "hash_cpu_ms": fmean(one.cpu_ms for one in bare),
        }
        for name, rounds in loads.items():
            total = _together([load for load, _ in rounds])
            cpu_ms = fmean([one for _, one in rounds])
            figures[name] = _rates(total, cpu_ms) | {
                "ratio_to_hashes": median(shares[name]),
                "ratio_to_hashes_each": shares[name],
                "hash_share_of_cpu": figures["hash_cpu_ms"] / cpu_ms,
            }
        return figures

    async def waiting(self) -> Figures:
        """Measure how long cheap requests wait: alone, and while logins saturate every core."""
        self.say("JWKS and refresh on an idle server")
        refreshing = await self.refreshing(WEB, _PACED_ASKERS)
        idle = await self._cheap(refreshing, 8.0)
        self.say("JWKS and refresh while logins saturate every core")
        crowd = logins(LOGINS_A_CORE * limits.cores())
        hashing, cheap = await asyncio.gather(
            as_fast_as_answered(self.port, crowd, 12.0 * self.scale),
            self._cheap(refreshing, 12.0),
        )
        rates = {
            "password_per_s": hashing.per_s,
            "errors": hashing.errors,
            "busy": hashing.statuses[BUSY],
        }
        return {"idle": idle, "saturated": cheap | rates}

    async def durability(self) -> Figures:
        """Count commits for each request, one request at a time and many at once."""
        self.say("commits for each request")
        kinds: list[tuple[str, Callable[[int], Any]]] = [
            ("client_credentials", self._machines),
            ("refresh_token", lambda count: self.refreshing(WEB, count)),
            ("refresh_token_rotating", lambda count: self.refreshing(ROTATING, count)),
            ("password", self._people),
        ]
        return {
            name: {
                "alone": await self._commits(await make(1)),
                "together": await self._commits(await make(_ASKERS)),
            }
            for name, make in kinds
        }

    async def _commits(self, askers: Sequence[Asker]) -> float:
        with counting(self.database_url, self.file) as counter:
            load = await as_fast_as_answered(self.port, askers, 0.7 * self.scale)
            return counter.commits() / max(1, load.granted)

    async def flat_out(self, askers: Sequence[Asker], seconds: float) -> tuple[Load, float]:
        """Return the load, and the server's processor time a request in ms."""
        before_s = self.server.cpu_s()
        load = await as_fast_as_answered(self.port, askers, seconds * self.scale)
        return load, 1000 * (self.server.cpu_s() - before_s) / max(1, load.granted)

    async def _cheap(self, refreshing: Sequence[Asker], seconds: float) -> Figures:
        readers = [key_set() for _ in range(_PACED_ASKERS)]
        keys, refresh = await asyncio.gather(
            at_a_pace(self.port, readers, seconds * self.scale, per_s=_PACE_PER_S),
            at_a_pace(self.port, refreshing, seconds * self.scale, per_s=_PACE_PER_S),
        )
        return {"jwks": latency(keys), "refresh": latency(refresh)}

    async def _machines(self, count: int) -> Sequence[Asker]:
        return [machine() for _ in range(count)]

    async def _people(self, count: int) -> Sequence[Asker]:
        return logins(count)

    async def refreshing(
        self, client: str, count: int, scope: str = OFFLINE, *, first: int = 0
    ) -> Sequence[Asker]:
        """Log in so often, and return who exchanges the refresh tokens."""
        connection = await connect(self.port)
        askers = []
        for number in range(first, first + count):
            answer = await connection.ask(login(number, client, scope))
            while answer.status == BUSY:  # another phase has just ended, on a machine with company
                await asyncio.sleep(1)
                answer = await connection.ask(login(number, client, scope))
            if answer.status != OK:
                raise Failed(f"a login was answered {answer.status}: {answer.body.decode()}")
            askers.append(Refreshing(client, json.loads(answer.body)["refresh_token"]))
        connection.close()
        return askers

    def _hashes(self) -> limits.Bare:
        self.say(f"bare Argon2id on {limits.cores()} cores")
        return limits.hashing(2.5 * self.scale)


def _rates(load: Load, cpu_ms: float) -> Figures:
    return {
        "per_s": load.per_s,
        "server_cpu_ms": cpu_ms,
        "requests": load.granted,
        "errors": load.errors,
        "busy": load.statuses[BUSY],
    }


def latency(load: Load) -> Figures:
    """Return how long answers took."""
    return {
        "p50_ms": load.percentile_ms(50),
        "p99_ms": load.percentile_ms(99),
        "max_ms": load.percentile_ms(100),
        "requests": load.granted,
        "errors": load.errors,
    }


def _together(loads: Sequence[Load]) -> Load:
    total = Load()
    for load in loads:
        total.latencies_s += load.latencies_s
        total.statuses += load.statuses
        total.seconds += load.seconds
    return total
