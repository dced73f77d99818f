"""Measures what logins feel of a purge: a million events, tokens and families that have ended.

First refreshes and readers of the key set come at a fixed pace while nothing is deleted, then while
a server deletes what has ended. Printed are their latencies, how fast rows went, and how long the
write-ahead log of SQLite became.

`python -m scripts.bench_growth_purge [--engine sqlite|postgresql] [--rows N] [--seconds S]`
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import uvloop

from scripts import bench_growth_fill as fill
from scripts import bench_tenant as tenant
from scripts.bench_client import Asker, Load, at_a_pace, connect
from scripts.bench_growth_house import House, postgres, prepared

_PER_S: Final = 50.0
_ASKERS: Final = 5
_TABLES: Final = ("logs", "access_tokens", "refresh_families")
_PURGING: Final = {"GATEWORD_LOG_RETENTION_DAYS": "30", "GATEWORD_PURGE_EVERY_S": "1"}
_MIB: Final = 1_048_576


async def _refreshers(port: int) -> list[Asker]:
    """Log people in who will refresh."""
    connection = await connect(port)
    askers: list[Asker] = []
    for number in range(_ASKERS):
        login = tenant.login(number, tenant.ROTATING, "read:things offline_access")
        answer = await connection.ask(login)
        askers.append(tenant.Refreshing(tenant.ROTATING, json.loads(answer.body)["refresh_token"]))
    connection.close()
    return askers


async def _waiting(house: House, seconds: float, settings: Mapping[str, str]) -> dict[str, Load]:
    server = house.serve(**settings)
    try:
        refreshers = await _refreshers(server.port)
        before_s = server.cpu_s()
        refresh, keys = await asyncio.gather(
            at_a_pace(server.port, refreshers, seconds, per_s=_PER_S),
            at_a_pace(
                server.port, [tenant.key_set() for _ in range(_ASKERS)], seconds, per_s=_PER_S
            ),
        )
        print(f"  {(server.cpu_s() - before_s) / seconds:.2f} of a core")
        if not house.url:
            log = house.data / "gateword.sqlite3-wal"
            print(f"  write-ahead log {log.stat().st_size / _MIB:.0f} MiB")
    finally:
        server.stop()
    return {"refresh": refresh, "key set": keys}


def _told(what: str, loads: Mapping[str, Load]) -> None:
    for name, load in loads.items():
        shown = ", ".join(
            f"{label} {load.percentile_ms(percent):.1f}"
            for label, percent in (("p50", 50), ("p99", 99), ("longest", 100))
        )
        print(f"  {name} {what}: {shown} ms, {load.granted} of {len(load.latencies_s)}")


def _measure(house: House, seconds: float) -> None:
    def waiting(settings: Mapping[str, str]) -> dict[str, Load]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_waiting(house, seconds, settings))

    _told("alone", waiting({}))
    before, began = fill.counts(house.target, _TABLES), time.monotonic()
    _told("beside a purge", waiting(_PURGING))
    took_s, after = time.monotonic() - began, fill.counts(house.target, _TABLES)
    for table in _TABLES:
        gone = before[table] - after[table]
        print(f"  {table}: {before[table]:,} rows, {gone:,} net went ({gone / took_s:,.0f}/s)")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench_growth_purge.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--rows", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/gateword-growth"))  # noqa: S108
    asked = parser.parse_args()
    for engine in asked.engine or ("sqlite", "postgresql"):
        print(engine)
        with ExitStack() as stack:
            if engine == "sqlite":
                kept = prepared(asked.folder, asked.rows, "", is_over=True)
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder)))
                shutil.copytree(kept.data, folder / "data")
                _measure(replace(kept, data=folder / "data"), asked.seconds)
            else:
                address = stack.enter_context(postgres(asked.folder / "pg"))
                _measure(prepared(asked.folder, asked.rows, address, is_over=True), asked.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
