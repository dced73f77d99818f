"""Measures whether a grant costs the same in a small installation and in a big one.

Installations of each size stand in a folder, made on the first run: a million users take some
minutes and 2 GB on each engine. A server runs over each at the same time, and each is asked in
turn, so that the noise of the machine falls on all. Printed are the processor time of a request (of
the server's threads that do not hash, and of its PostgreSQL sessions), the median latency, and how
many times that of the smallest installation they are: medians of rounds.

`python -m scripts.bench_growth [--engine sqlite|postgresql] [--sizes N …] [--rounds N]`
"""

import argparse
import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import uvloop

from scripts import bench_growth_fill as fill
from scripts.bench_client import Connection, connect
from scripts.bench_growth_asks import HASHED, KINDS, Asks
from scripts.bench_growth_house import House, postgres, prepared
from scripts.bench_server import Failed, Server, process_ran_s

SIZES: Final = (1_000, 100_000, 1_000_000)
_EACH: Final = 60
_EACH_HASHED: Final = 20
_FLAT: Final = 1.10


@dataclass(slots=True)
class Side:
    """One installation under measurement."""

    house: House
    server: Server
    asks: Asks
    connection: Connection

    def cpu_s(self) -> float:
        """Return the processor time so far, without hashing."""
        used_s = self.server.other_cpu_s()
        return used_s + (_sessions_cpu_s(self.house.url) if self.house.url else 0.0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request, in milliseconds: processor time, and the median latency of a round."""

    cpu_ms: float
    p50_ms: float


def _sessions_cpu_s(url: str) -> float:
    """Return the processor time of all sessions in a database that are open now."""
    name = url.partition("?")[0].rpartition("/")[2].encode()
    used_s = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            words = (process / "cmdline").read_bytes().split()
            if words[:1] == [b"postgres:"] and name in words:
                used_s += process_ran_s(process)
    return used_s


async def _round(side: Side, kind: str, number: int) -> Cost:
    count = _EACH_HASHED if kind in HASHED else _EACH
    latencies_s = []
    before_s = side.cpu_s()
    for step in range(count):
        began = time.perf_counter()
        await side.asks.ask(kind, side.connection, number + step)
        latencies_s.append(time.perf_counter() - began)
    used_s = side.cpu_s() - before_s
    if side.asks.revoked:
        _revive(side)
    return Cost(1000 * used_s / count, 1000 * median(latencies_s))


def _revive(side: Side) -> None:
    """Let revoked families live again, so that a small installation never runs out of them."""
    keys = ", ".join(str(fill.key(number)) for number in set(side.asks.revoked))
    with fill.executing(side.house.target) as execute:
        execute(f"UPDATE refresh_families SET revoked_at = NULL WHERE key IN ({keys})")  # noqa: S608
    side.asks.revoked.clear()


async def _measure(houses: Sequence[House], rounds: int, kinds: Sequence[str]) -> None:
    sides = []
    for house in houses:
        house.warm()
        server = house.serve()
        connection = await connect(server.port)
        asks = Asks(house.count, house.data.parent / "successors.json")
        await asks.begin(connection)
        sides.append(Side(house, server, asks, connection))
    costs: dict[tuple[str, int], list[Cost]] = defaultdict(list)
    number = time.time_ns() // 1_000_000_000 * 7
    try:
        for turn in range(rounds + 1):
            print(f"round {turn} of {rounds}", file=sys.stderr, flush=True)
            for kind in kinds:
                for side in random.sample(sides, len(sides)):
                    cost = await _round(side, kind, number)
                    number += _EACH
                    if turn:  # the first warms caches
                        costs[kind, side.house.count].append(cost)
    finally:
        for side in sides:
            side.asks.end()
            side.connection.close()
            side.server.stop()
    for kind in kinds:
        print("\n".join(_lines(kind, costs, [house.count for house in houses])))


def _lines(kind: str, costs: dict[tuple[str, int], list[Cost]], sizes: Sequence[int]) -> list[str]:
    """Return the rows of one kind of request."""
    small = costs[kind, sizes[0]]
    lines = []
    for size in sizes:
        own = costs[kind, size]
        ratios = sorted(one.cpu_ms / base.cpu_ms for one, base in zip(own, small, strict=True))
        p50 = median(one.p50_ms for one in own)
        cpu = median(one.cpu_ms for one in own)
        quarter = len(ratios) // 4
        spread = f"{ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f}"
        lines.append(
            f"| {kind} | {size:,} | {cpu:.2f} | {median(ratios):.2f} ({spread})"
            f" | {p50:.2f} | {p50 / median(one.p50_ms for one in small):.2f} |"
        )
        if median(ratios) > _FLAT:
            lines[-1] += " not flat"
    return lines


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench_growth.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--rounds", type=int, default=9, metavar="N")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only requests of this kind")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("/var/tmp/gateword-growth"),  # noqa: S108  # made by us, readable by us
        help="where installations are kept for the next run",
    )
    return parser.parse_args()


def main() -> int:
    """Measure."""
    asked = _arguments()
    for engine in asked.engine or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            address = ""
            if engine == "postgresql":
                address = stack.enter_context(postgres(asked.folder / "pg"))
            print(f"filling, {engine}", file=sys.stderr, flush=True)
            houses = [prepared(asked.folder, size, address) for size in sorted(asked.sizes)]
            print(f"\n{engine}: request | users | CPU ms | times (quartiles) | p50 ms | times")
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                try:
                    runner.run(_measure(houses, asked.rounds, asked.kind or KINDS))
                except Failed as failed:
                    print(failed, file=sys.stderr)
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
