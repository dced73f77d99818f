"""The rounds of the side-by-side: one server works, the others are frozen."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any, Final, TypeAlias

import uvloop

from scripts import bench_limits as limits
from scripts.bench_peers_contestant import Contestant, Exchanging, Grant, Hash, Missing
from scripts.bench_peers_load import Caller, Tally, flat_out, logged_in, opened
from scripts.bench_peers_postgres import Postgres
from scripts.bench_peers_process import Running, drained
from scripts.bench_server import Failed

IN_FLIGHT: Final = (1, 16, 64)
_WARM_CALLERS: Final = 16
_COMPUTES: Final = {Hash.ARGON2: limits.argon2id, Hash.BCRYPT: limits.bcrypt_10}

Figures: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long things take, in seconds.

    Attributes:
        rounds: How often everything is measured.
        starts: How often a start is measured.
        password_s: Of each phase of password grants.
        cheap_s: Of each phase of another grant.
        hashes_s: Of each probe of bare hashes.
        signatures_s: Of each probe of bare signatures.
    """

    rounds: int = 3
    starts: int = 3
    password_s: float = 4.0
    cheap_s: float = 2.0
    hashes_s: float = 1.5
    signatures_s: float = 0.7


QUICK: Final = Plan(rounds=1, starts=1, password_s=2.5, cheap_s=1.0, hashes_s=1.0, signatures_s=0.4)


class Arena:
    """Where servers meet.

    Args:
        folder: Their data, a folder each.
        postgres: Whose time counts for those that use it.
        plan: How long.
        say: Tells what is measured.
    """

    def __init__(
        self, folder: Path, postgres: Postgres | None, plan: Plan, say: Callable[[str], None]
    ) -> None:
        """Begin without any server."""
        self._folder = folder
        self._postgres = postgres
        self._plan = plan
        self._say = say
        self._running: dict[str, tuple[Contestant, Running]] = {}
        self.entered: list[Figures] = []
        self.rows: Rows = []
        self.missing: list[Missing] = []

    def enter(self, contestant: Contestant) -> None:
        """Start a server, warm it up and freeze it; one that does not start is missing."""
        self._say(f"{contestant.name}: start")
        try:
            self._enter(contestant)
        except Failed as failed:
            self._lose(contestant, failed)

    def measure(self) -> None:
        """Run all rounds; in each, the servers take turns in another order."""
        for number in range(self._plan.rounds):
            for grant in Grant:
                keys = list(self._running)
                at = number * len(keys) // self._plan.rounds
                for key in [*keys[at:], *keys[:at]]:
                    contestant, running = self._running[key]
                    if grant in contestant.grants:
                        self._turn(number, grant, contestant, running)

    def leave(self) -> None:
        """Take each server's memory, and stop it."""
        for figures in self.entered:
            if figures["key"] in self._running:
                _, running = self._running[figures["key"]]
                figures["memory_mib"]["load"] = running.memory_mib()
        for _, running in self._running.values():
            running.stop()

    def _enter(self, contestant: Contestant) -> None:
        data = self._folder / contestant.key
        data.mkdir()
        command = contestant.command(data)
        ready_s: list[float] = []
        running = Running(command, data / "log")
        for _ in range(1, self._plan.starts):
            ready_s.append(running.ready_s)
            running.stop()
            running = Running(command, data / "log")
        ready_s.append(running.ready_s)
        try:
            self._drain(contestant, running)
            memory = running.memory_mib()
            self._warm(contestant, running)
        except BaseException:
            running.stop()
            raise
        running.freeze()
        self._running[contestant.key] = contestant, running
        self.entered.append(
            {
                "key": contestant.key,
                "name": contestant.name,
                "version": contestant.version,
                "stores": contestant.stores,
                "is_durable": contestant.is_durable,
                "hash": contestant.hashing.value,
                "processes": contestant.processes + contestant.remark(_text(data / "log")),
                "ready_s": ready_s,
                "memory_mib": {"start": memory},
            }
        )

    def _warm(self, contestant: Contestant, running: Running) -> None:
        share_s = contestant.warm_s / len(contestant.grants)
        for grant in contestant.grants:
            self._loads(contestant, running, grant, (_WARM_CALLERS,), share_s)

    def _turn(self, number: int, grant: Grant, contestant: Contestant, running: Running) -> None:
        self._say(f"round {number + 1} of {self._plan.rounds}, {grant.value}: {contestant.name}")
        seconds = self._plan.password_s if grant is Grant.PASSWORD else self._plan.cheap_s
        before = self._limit(grant, contestant)
        running.thaw()
        try:
            rows = self._loads(contestant, running, grant, IN_FLIGHT, seconds)
        except (Failed, OSError) as failed:
            running.stop()
            del self._running[contestant.key]
            self._lose(contestant, failed)
            return
        running.freeze()
        bare = [before, self._limit(grant, contestant)]
        limit = {
            "limit_per_s": fmean(one.per_s for one in bare),
            "limit_cpu_ms": fmean(one.cpu_ms for one in bare),
        }
        told = {"key": contestant.key, "grant": grant.value, "round": number}
        self.rows += [told | row | limit for row in rows]

    def _loads(
        self,
        contestant: Contestant,
        running: Running,
        grant: Grant,
        in_flight: Sequence[int],
        seconds: float,
    ) -> Rows:
        """Return what callers saw, so many at a time, each time on a server that is drained.

        Only those who ask have connections: some servers lend a thread to each that is silent.
        """
        rows = []
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            for count in in_flight:
                callers = runner.run(_callers(contestant, running.port, grant, count))
                self._drain(contestant, running)
                before_s = self._cpu_s(contestant, running)
                tally = runner.run(flat_out(callers, seconds))
                is_drained = self._drain(contestant, running)
                used_s = self._cpu_s(contestant, running) - before_s
                rows.append(_row(count, tally, used_s) | {"drained": is_drained})
                runner.run(_closed(callers))
        return rows

    def _cpu_s(self, contestant: Contestant, running: Running) -> float:
        own_s = running.cpu_s()
        if contestant.uses_postgresql and self._postgres:
            return own_s + self._postgres.cpu_s()
        return own_s

    def _drain(self, contestant: Contestant, running: Running) -> bool:
        return drained(partial(self._cpu_s, contestant, running), time.sleep)

    def _limit(self, grant: Grant, contestant: Contestant) -> limits.Bare:
        """Return what the machine does at best: hashes on all cores, or signatures of one."""
        if grant is not Grant.PASSWORD:
            return limits.signing(self._plan.signatures_s)
        return limits.hashing(self._plan.hashes_s, _COMPUTES[contestant.hashing])

    def _lose(self, contestant: Contestant, why: Exception) -> None:
        self._say(f"{contestant.name} is out: {why}")
        lost = Missing(key=contestant.key, name=contestant.name, reason=str(why))
        self.missing.append(lost)


async def _callers(contestant: Contestant, port: int, grant: Grant, count: int) -> list[Caller]:
    dialect = contestant.dialect
    if grant is Grant.REFRESH:
        logins = [dialect.login(number) for number in range(count)]
        return await logged_in(port, logins, partial(Exchanging, dialect))
    return await opened(port, dialect.askers(grant, count))


async def _closed(callers: Sequence[Caller]) -> None:
    for caller in callers:
        caller.connection.close()


def _row(count: int, tally: Tally, used_s: float) -> Figures:
    return {
        "in_flight": count,
        "per_s": tally.per_s,
        "p50_ms": tally.percentile_ms(50),
        "p99_ms": tally.percentile_ms(99),
        "cpu_ms": 1000 * used_s / max(1, len(tally.latencies_s)),
        "answers": len(tally.latencies_s),
        "busy": tally.busy,
        "errors": sum(tally.errors.values()),
        "error_statuses": dict(tally.errors),
    }


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")
