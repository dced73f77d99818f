"""What attack protection costs those who log in rightly: all shields up against all down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from scripts import bench_limits as limits
from scripts import bench_tenant as tenant
from scripts.bench_admin import DOWN, STANDING, UP, protect
from scripts.bench_client import BUSY, Load
from scripts.bench_phases import LOGINS_A_CORE, Bench
from scripts.bench_server import database_cpu_s

PAIRS: Final = 24
SECONDS: Final = 2.5

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Round:
    """One round: what was answered, and what a login took.

    Attributes:
        server_ms: Processor time of the server, the hash included.
        beside_ms: Processor time beside the hash: of the server's other threads, and of the
            database where that is PostgreSQL on this machine.
    """

    load: Load
    server_ms: float
    beside_ms: float


async def measure(bench: Bench) -> Figures:
    """Measure logins on one server whose shields go up and down between the rounds.

    It is one process, since two differ by some percent for as long as they live, by where their
    memory happens to lie. Neighbours come and go: a round is compared with the one beside it, and
    which of the two comes first changes from pair to pair, so that the shields move once a pair.
    """
    people = {
        is_up: tenant.logins(LOGINS_A_CORE * limits.cores(), tells_addresses=is_up)
        for is_up in (True, False)
    }
    rounds: dict[bool, list[_Round]] = {True: [], False: []}
    stands: bool | None = None
    for number in range(max(2, round(PAIRS * bench.scale))):
        bench.say(f"logins with all shields up and all down, pair {number + 1}")
        first = number % 2 == 0
        for is_up in (first, not first):
            if is_up is not stands:
                await protect(bench.port, bench.domain, UP if is_up else DOWN)
                await _round(bench, people[is_up], 0.5)
                stands = is_up
            rounds[is_up].append(await _round(bench, people[is_up], SECONDS))
    await protect(bench.port, bench.domain, STANDING)
    return _compared(rounds)


async def _round(bench: Bench, people: Sequence[tenant.Repeating], seconds: float) -> _Round:
    server, database = bench.server, bool(bench.database_url)
    other_s = server.other_cpu_s() + (database_cpu_s() if database else 0)
    load, server_ms = await bench.flat_out(people, seconds / bench.scale)
    other_s = server.other_cpu_s() + (database_cpu_s() if database else 0) - other_s
    return _Round(load, server_ms, 1000 * other_s / max(1, load.granted))


def _compared(rounds: Mapping[bool, Sequence[_Round]]) -> Figures:
    pairs = list(zip(rounds[True], rounds[False], strict=True))
    ratios = [up.load.per_s / down.load.per_s for up, down in pairs]
    up, down = _figures(rounds[True]), _figures(rounds[False])
    added_ms = median(up.beside_ms - down.beside_ms for up, down in pairs)
    login_ms = 1000 * limits.cores() / down["per_s"]
    return {
        "up": up,
        "down": down,
        "ratios": ratios,
        "ratio_of_pairs": median(ratios),
        "ratio_of_medians": up["per_s"] / down["per_s"],
        "added_ms": added_ms,
        "login_ms": login_ms,
        "ratio_of_work": 1 / (1 + added_ms / login_ms),
    }


def _figures(rounds: Sequence[_Round]) -> Figures:
    return {
        "per_s": median(one.load.per_s for one in rounds),
        "per_s_each": [one.load.per_s for one in rounds],
        "server_cpu_ms": median(one.server_ms for one in rounds),
        "beside_ms": median(one.beside_ms for one in rounds),
        "requests": sum(one.load.granted for one in rounds),
        "errors": sum(one.load.errors for one in rounds),
        "busy": sum(one.load.statuses[BUSY] for one in rounds),
    }
