"""`kill -9` of a node, or of one of its workers, under load (promise D1)."""

import asyncio
import os
import random
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from scripts.soak_audit import Audit
from scripts.soak_case import Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import Ledger
from tests.support import postgres
from tests.support.served import Served

WORKERS: Final = (1, 2, 2)
"""Of one round after another; in the third only one of two workers is killed."""

SAID_EVERY: Final = 5
REPLACED_S: Final = 20.0


def on_sqlite(ground: Ground) -> Report:
    """Kill a node that keeps its own file."""
    return _killed(ground, "")


def on_postgres(ground: Ground) -> Report:
    """Kill a node on PostgreSQL, which itself goes on."""
    with postgres.running() as server, server.database() as url:
        return _killed(ground, url)


def _killed(ground: Ground, url: str) -> Report:
    report = Report()
    served = guarded(ground.folder / "data", url)
    ledger = Ledger(report)
    audit = Audit(served, ledger)
    plain = tuple(served.options)

    def start(workers: int) -> None:
        served.options = (*plain, "--workers", str(workers))
        _start(served, report)

    with ExitStack() as stack:
        stack.callback(served.kill)
        start(WORKERS[0])
        for number in range(ground.kills):
            workers = WORKERS[number % len(WORKERS)]
            is_one = number % len(WORKERS) == len(WORKERS) - 1
            asyncio.run(_round(served, ledger, ground.load_s, is_one=is_one))
            if is_one:
                report.counts["kills of one of two workers"] += 1
            else:
                report.counts[f"kills of a node, workers: {workers}"] += 1
            served.kill()
            start(WORKERS[(number + 1) % len(WORKERS)])
            asyncio.run(audit.of_what_is_new())
            if number % SAID_EVERY == SAID_EVERY - 1:
                ground.say(f"{number + 1} kills, {len(report.faults)} faults")
        asyncio.run(audit.of_all())
        served.stop()
    return report


def _start(served: Served, report: Report) -> None:
    began_s = time.monotonic()
    served.start()
    report.longest("seconds until ready, at most", time.monotonic() - began_s)


async def _round(served: Served, ledger: Ledger, load_s: float, *, is_one: bool) -> None:
    """Load a node, and kill it at a moment that nobody chose."""
    async with under_load(served, ledger) as load:
        await asyncio.sleep(random.uniform(load_s / 10, load_s))  # noqa: S311  # chance, no secret
        if is_one:
            killed = random.choice(_workers(served.pid))  # noqa: S311  # chance, no secret
            os.kill(killed, signal.SIGKILL)
            await _replaced(served.pid, killed)
            await asyncio.sleep(load_s / 4)
        else:
            await asyncio.to_thread(served.kill)
            load.stopping.set()


async def _replaced(parent: int, killed: int) -> None:
    """Wait until a worker has a successor."""
    give_up_s = time.monotonic() + REPLACED_S
    while len(_workers(parent)) < 2 or killed in _workers(parent):  # noqa: PLR2004  # as it began
        if time.monotonic() > give_up_s:
            raise TimeoutError("a killed worker has no successor")
        await asyncio.sleep(0.05)


def _workers(parent: int) -> list[int]:
    """Return the worker processes of a node; what tracks their resources is none."""
    threads = Path(f"/proc/{parent}/task").iterdir()
    listed = [(thread / "children").read_text(encoding="utf-8") for thread in threads]
    children = [int(pid) for text in listed for pid in text.split()]
    return [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
