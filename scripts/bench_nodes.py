"""How much more two nodes on one PostgreSQL answer than one.

Two nodes on separate cores want two cores for themselves, and the database and the generator of
the load want more. Where a machine has only two, they share them, and the ratio says what is left
of the second core. So it is measured twice there: with a whole core for each node, and with a third
of one for each, held there by the kernel, which leaves to everybody else what they need. The latter
is what two cores more would show.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from scripts import bench_limits as limits
from scripts.bench_client import Asker, Load, as_fast_as_answered
from scripts.bench_phases import Bench
from scripts.bench_server import Failed, Server, database_cpu_s, free_port
from scripts.bench_tenant import ROTATING, WEB, machine

ROUNDS: Final = 5
SECONDS: Final = 3.0
ASKERS: Final = 16
"""Connections to each node."""

SLICE: Final = 0.33
"""Share of a core that each node may use in the second measurement."""

ROOM_FOR_OTHERS: Final = 4
"""Cores from which on nobody shares those of the nodes."""

_PERIOD_US: Final = 10_000
_VERSION_1: Final = Path("/sys/fs/cgroup/cpu")
_VERSION_2: Final = Path("/sys/fs/cgroup")

Figures = dict[str, Any]


async def measure(bench: Bench, database: Sequence[str], data: Path) -> Figures:
    """Compare one node and two, round by round.

    Raises:
        Failed: There is no PostgreSQL, or there is only one core.
    """
    cores = sorted(os.sched_getaffinity(0))
    if not database or len(cores) < 2:  # noqa: PLR2004  a core for each node
        raise Failed("the phase nodes wants --database-url and two cores")
    second = data.with_name("second")
    shutil.copytree(data, second)
    other = Server(second, free_port(), database)
    nodes = (bench.server, other)
    try:
        for node, core in zip(nodes, cores, strict=False):
            node.pin(core)
        figures = {"whole": await _kinds(bench, nodes, "a core for each node")}
        if limits.cores() < ROOM_FOR_OTHERS:
            with ExitStack() as stack:
                for node in nodes:
                    stack.enter_context(_slice(node))
                figures["slice"] = await _kinds(bench, nodes, "a slice of a core for each node")
    finally:
        other.stop()
    return figures


async def _kinds(bench: Bench, nodes: Sequence[Server], what: str) -> Figures:
    kinds: dict[str, Callable[[int], Awaitable[Sequence[Asker]]]] = {
        "client_credentials": lambda _: _machines(),
        "refresh_token": lambda first: bench.refreshing(WEB, ASKERS, first=first),
        "refresh_token_rotating": lambda first: bench.refreshing(ROTATING, ASKERS, first=first),
    }
    figures: Figures = {}
    for name, make in kinds.items():
        bench.say(f"{name}, {what}: one and two in turn")
        crowds = [await make(ASKERS * number) for number in range(len(nodes))]
        one: list[Load] = []
        two: list[Load] = []
        used = _Used(nodes)
        for _ in range(ROUNDS):
            one.append(await _asked(bench, nodes[:1], crowds))
            used.begin()
            two.append(await _asked(bench, nodes, crowds))
            used.end(two[-1])
        ratios = [both.per_s / alone.per_s for alone, both in zip(one, two, strict=True)]
        figures[name] = {
            "ratio": median(ratios),
            "ratio_each": ratios,
            "one_per_s": median(load.per_s for load in one),
            "two_per_s": median(load.per_s for load in two),
            "requests": sum(load.granted for load in (*one, *two)),
            "errors": sum(load.errors for load in (*one, *two)),
            "busy": 0,
            **used.each_ms(),
        }
    return figures


async def _machines() -> Sequence[Asker]:
    return [machine() for _ in range(ASKERS)]


async def _asked(bench: Bench, nodes: Sequence[Server], crowds: Sequence[Sequence[Asker]]) -> Load:
    """Let a crowd ask each node as fast as it answers; return the loads as one."""
    seconds = SECONDS * bench.scale
    loads = await asyncio.gather(
        *(
            as_fast_as_answered(node.port, crowd, seconds)
            for node, crowd in zip(nodes, crowds, strict=False)
        )
    )
    total = Load()
    for load in loads:
        total.latencies_s += load.latencies_s
        total.statuses += load.statuses
    total.seconds = max(load.seconds for load in loads)
    return total


class _Used:
    """Processor time of nodes, database and generator while two nodes are asked."""

    def __init__(self, nodes: Sequence[Server]) -> None:
        self._nodes = nodes
        self._sums = dict.fromkeys(("node_cpu_ms", "database_cpu_ms", "generator_cpu_ms"), 0.0)
        self._granted = 0
        self._began = self._now()

    def begin(self) -> None:
        """Note where the clocks stand."""
        self._began = self._now()

    def end(self, load: Load) -> None:
        """Add what was used since."""
        for name, before, after in zip(self._sums, self._began, self._now(), strict=True):
            self._sums[name] += after - before
        self._granted += load.granted

    def each_ms(self) -> Figures:
        """Return the time of one request, in ms."""
        return {name: 1000 * used / max(1, self._granted) for name, used in self._sums.items()}

    def _now(self) -> tuple[float, float, float]:
        own = os.times()
        nodes = sum(node.cpu_s() for node in self._nodes)
        return nodes, database_cpu_s(), own.user + own.system


@contextmanager
def _slice(node: Server) -> Iterator[None]:
    """Hold a node to its share of a core, in a control group of its own.

    Raises:
        Failed: The kernel lets only root make one, or has none.
    """
    group, quota = f"gateword-bench-{node.port}", int(SLICE * _PERIOD_US)
    is_old = _VERSION_1.is_dir()
    folder = (_VERSION_1 if is_old else _VERSION_2) / group
    try:
        folder.mkdir()
        if is_old:
            (folder / "cpu.cfs_period_us").write_text(str(_PERIOD_US), encoding="ascii")
            (folder / "cpu.cfs_quota_us").write_text(str(quota), encoding="ascii")
        else:
            (folder / "cpu.max").write_text(f"{quota} {_PERIOD_US}", encoding="ascii")
        node.move(folder / "cgroup.procs")
    except OSError as error:
        raise Failed(f"no control group for a slice of a core: {error}") from error
    try:
        yield
    finally:
        node.move(folder.parent / "cgroup.procs")
        folder.rmdir()
