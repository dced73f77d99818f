"""`scripts/bench`: one run, all figures."""

import argparse
import asyncio
import gc
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any, Final

import uvloop

from scripts import bench_flood as flood
from scripts import bench_limits as limits
from scripts import bench_nodes as nodes
from scripts import bench_report as report
from scripts import bench_rules as rules
from scripts import bench_shields as shields
from scripts import bench_tenant as tenant
from scripts import bench_timing as timing
from scripts.bench_admin import STANDING, protect
from scripts.bench_phases import Bench
from scripts.bench_server import Failed, Server, free_port, initialise, version

_QUICK: Final = 0.2
_STARTS: Final = 5
_DATABASE: Final = "gateword.sqlite3"
_START: Final = "start"
_NODES: Final = "nodes"
PHASES: Final = (
    _START,
    "waiting",
    "cheap-grants",
    "passwords",
    "commits",
    "flood",
    "timing",
    "shields",
    "rules",
    _NODES,
)

Figures = dict[str, Any]
Phases = dict[str, Callable[[], Awaitable[Figures]]]


class _Progress:
    """Says on stderr what is being measured, so that stdout holds the report alone."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def __call__(self, what: str) -> None:
        passed_s = time.perf_counter() - self._began
        print(f"{passed_s:6.1f} s  {what}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the time; rough figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="server processes")
    parser.add_argument(
        "--database-url", default="", metavar="URL", help="an empty PostgreSQL database"
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=PHASES,
        metavar="NAME",
        help=f"only this phase, or these: {', '.join(PHASES)}",
    )
    return parser.parse_args()


def _starts(folder: Path, options: Sequence[str], say: _Progress, *, new: bool) -> Figures:
    """Start and stop a server several times, in one prepared folder or in new ones."""
    say(f"start-up in a {'new' if new else 'prepared'} folder")
    each, cpu = [], []
    for number in range(_STARTS):
        data = folder / f"new-{number}" if new else folder / "data"
        server = Server(data, free_port(), options)
        each.append(server.ready_s)
        cpu.append(server.cpu_s())
        server.stop()
    return {"median_s": median(each), "each_s": each, "cpu_s": median(cpu)}


def _measure(asked: argparse.Namespace, folder: Path, say: _Progress) -> Figures:
    url: str = asked.database_url
    database = ["--database-url", url] if url else []
    workers = ["--workers", str(asked.workers)]
    data, port = folder / "data", free_port()
    domain = f"localhost:{port}"
    load_before = os.getloadavg()[0]
    say("tenant")
    initialise(data, domain, database)
    figures: Figures = {}
    if _is_wanted(asked, _START):
        figures[_START] = {"prepared": _starts(folder, [*database, *workers], say, new=False)}
        if not url:
            figures[_START]["new"] = _starts(folder, workers, say, new=True)
    tenant.apply(data, tenant.config(domain), database)
    _shields_up(data, port, domain, database)
    server = Server(data, port, [*database, *workers])
    try:
        bench = Bench(
            server=server,
            domain=domain,
            scale=_QUICK if asked.quick else 1.0,
            say=say,
            database_url=url,
            file=data / _DATABASE,
        )
        figures |= _under_load(asked, bench, database)
    finally:
        server.stop()
    figures["machine"] = {
        "gateword": version(),
        "workers": asked.workers,
        "database": "PostgreSQL" if url else "SQLite",
        "python": platform.python_version(),
        "cores": limits.cores(),
        "load_before": load_before,
    }
    if "passwords" in figures:
        each = figures["passwords"]["hashes_per_s_each"]
        figures["machine"]["hash_swing"] = max(each) / min(each)
    return figures


def _is_wanted(asked: argparse.Namespace, phase: str) -> bool:
    if phase == _NODES and asked.only is None:  # the last to run: it pins the server to a core
        return bool(asked.database_url)
    return asked.only is None or phase in asked.only


def _shields_up(data: Path, port: int, domain: str, database: Sequence[str]) -> None:
    """Let the shields stand, by a server that ends: what it loads for that is no cost of logins."""
    server = Server(data, port, database)
    try:
        asyncio.run(protect(port, domain, STANDING))
    finally:
        server.stop()


def _under_load(asked: argparse.Namespace, bench: Bench, database: Sequence[str]) -> Figures:
    memory = {"start": asdict(bench.server.memory())}
    gc.disable()  # the generator's own pauses are no latency of the server
    loads: Phases = {
        "waiting": bench.waiting,
        "cheap-grants": bench.cheap_grants,
        "passwords": bench.passwords,
        "commits": bench.durability,
        "flood": lambda: flood.measure(bench),
    }
    others: Phases = {
        "timing": lambda: timing.measure(bench, database),
        "shields": lambda: shields.measure(bench),
        "rules": lambda: rules.measure(bench),
        _NODES: lambda: nodes.measure(bench, database, bench.file.parent),
    }

    async def measured(phases: Phases) -> Figures:
        return {
            name.replace("-", "_"): await phase()
            for name, phase in phases.items()
            if _is_wanted(asked, name)
        }

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measured(loads))
        memory["load"] = asdict(bench.server.memory())
        figures |= runner.run(measured(others))
    return figures | {"memory": memory}


def main() -> int:
    """Run the bench; the status says whether every request was answered as it should."""
    asked = _arguments()
    if not sys.platform.startswith("linux"):
        print("scripts/bench reads /proc, so it needs Linux", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="gateword-bench-"))
    say = _Progress()
    try:
        figures = _measure(asked, folder, say)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("done")
    print("\n".join(report.lines(figures)))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if report.errors(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
