"""What attack protection costs those who log in rightly: all shields up against all down."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from scripts import bench_limits as limits
from scripts import bench_tenant as tenant
from scripts.bench_admin import DOWN, UP, Settings, protect
from scripts.bench_client import BUSY, Load
from scripts.bench_database import beside
from scripts.bench_phases import LOGINS_A_CORE, Bench
from scripts.bench_server import Server, free_port, initialise

ROUNDS: Final = 12
SECONDS: Final = 2.5

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two servers, and what it answered in each round."""

    bench: Bench
    settings: Settings
    askers: Sequence[tenant.Repeating]
    rounds: list[tuple[Load, float]]

    async def log_in(self) -> None:
        """Measure one round."""
        self.rounds.append(await self.bench.flat_out(self.askers, SECONDS))


async def measure(bench: Bench, folder: Path, workers: Sequence[str]) -> Figures:
    """Measure logins on two servers in turn, one with every shield and one with none.

    Neighbours on the machine come and go: a round of one is compared with that of the other beside
    it, and which of them goes first changes from pair to pair.

    Args:
        bench: Of the run; its server rests meanwhile.
        folder: Where the two servers' folders are made.
        workers: Options of the server that say how many processes it is.
    """
    with ExitStack() as stack:
        up, down = (
            stack.enter_context(_side(bench, folder / name, workers, is_up=name == "up"))
            for name in ("up", "down")
        )
        for side in (up, down):
            await protect(side.bench.port, side.bench.domain, side.settings)
            await replace(side, rounds=[]).log_in()
        for number in range(ROUNDS):
            bench.say(f"logins with all shields up and all down, round {number + 1} of {ROUNDS}")
            for side in (up, down) if number % 2 else (down, up):
                await side.log_in()
    ratios = [
        one.per_s / other.per_s for (one, _), (other, _) in zip(up.rounds, down.rounds, strict=True)
    ]
    both = {"up": _figures(up), "down": _figures(down)}
    return both | {
        "ratio_of_medians": both["up"]["per_s"] / both["down"]["per_s"],
        "ratio_of_pairs": median(ratios),
        "ratios": ratios,
    }


@contextmanager
def _side(bench: Bench, data: Path, workers: Sequence[str], *, is_up: bool) -> Iterator[_Side]:
    port = free_port()
    domain = f"localhost:{port}"
    with beside(bench.database_url, data.name) as url:
        options = ["--database-url", url] if url else []
        initialise(data, domain, options)
        tenant.apply(data, tenant.config(domain, is_trusted=is_up), options)
        server = Server(data, port, [*options, *workers])
        try:
            yield _Side(
                replace(bench, server=server, domain=domain),
                UP if is_up else DOWN,
                tenant.logins(LOGINS_A_CORE * limits.cores(), tells_addresses=is_up),
                [],
            )
        finally:
            server.stop()


def _figures(side: _Side) -> Figures:
    return {
        "per_s": median(load.per_s for load, _ in side.rounds),
        "per_s_each": [load.per_s for load, _ in side.rounds],
        "server_cpu_ms": median(cpu_ms for _, cpu_ms in side.rounds),
        "requests": sum(load.granted for load, _ in side.rounds),
        "errors": sum(load.errors for load, _ in side.rounds),
        "busy": sum(load.statuses[BUSY] for load, _ in side.rounds),
    }
