"""PostgreSQL goes away under load and comes back, in three ways (promise D2)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scripts.soak_audit import Audit
from scripts.soak_case import Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import Ledger
from scripts.soak_probes import Probes, watched
from tests.support import postgres
from tests.support.postgres import PostgresServer
from tests.support.served import Served

NOTICED_S: Final = 12.0
"""How long `/readyz` may go on saying 200; a statement may take half of it."""

BACK_S: Final = 15.0
LONGEST_ASK_S: Final = 15.0
"""How long an ask may take while PostgreSQL stands still; it may have waited for two statements."""

LOOK_AGAIN_S: Final = 0.02
AWAY, THERE = 503, 200


@dataclass(frozen=True, slots=True)
class Absence:
    """A way of being away, and of coming back."""

    begin: Callable[[PostgresServer], None]
    end: Callable[[PostgresServer], None]


def stopped(ground: Ground) -> Report:
    """Stop it as an upgrade would."""
    return _away(ground, Absence(PostgresServer.stop, PostgresServer.start))


def killed(ground: Ground) -> Report:
    """Kill all its processes."""
    return _away(ground, Absence(PostgresServer.kill, PostgresServer.start))


def frozen(ground: Ground) -> Report:
    """Let it stand still, so that connections stay open and nothing is answered."""
    return _away(ground, Absence(PostgresServer.freeze, PostgresServer.thaw))


def _away(ground: Ground, absence: Absence) -> Report:
    report = Report()
    with postgres.running() as server, server.database() as url:
        served = guarded(ground.folder / "data", url)
        served.options = (*served.options, "--workers", "2")
        ledger = Ledger(report)
        audit = Audit(served, ledger)
        served.start()
        try:
            for number in range(ground.times):
                asyncio.run(_absent(ground, served, server, ledger, absence))
                asyncio.run(audit.of_what_is_new())
                ground.say(f"away {number + 1} times, {len(report.faults)} faults")
            asyncio.run(audit.of_all())
        finally:
            served.stop()
    longest_s = report.figures["longest ask, seconds"]
    report.expect(f"an ask took {longest_s:.1f} s", holds=longest_s < LONGEST_ASK_S)
    unanswered = report.counts["asks that were not answered"]
    report.expect(f"{unanswered} asks were not answered", holds=unanswered == 0)
    return report


async def _absent(
    ground: Ground, served: Served, server: PostgresServer, ledger: Ledger, absence: Absence
) -> None:
    """Take PostgreSQL away while everybody works, and bring it back."""
    async with watched(served, ledger.report) as probes, under_load(served, ledger):
        await probes.wait_for(THERE, BACK_S)
        await asyncio.sleep(ground.load_s)
        await asyncio.to_thread(absence.begin, server)
        try:
            await probes.wait_for(AWAY, NOTICED_S)
            await asyncio.sleep(2 * ground.load_s)
        finally:
            await asyncio.to_thread(absence.end, server)
        await _back(probes, ledger)
        await asyncio.sleep(ground.load_s)


async def _back(probes: Probes, ledger: Ledger) -> None:
    """Wait until the server works again, without anybody's help."""
    began_s = time.monotonic()
    await probes.wait_for(THERE, BACK_S)
    answered = len(ledger.answered)
    for _ in range(int(BACK_S / LOOK_AGAIN_S)):
        if len(ledger.answered) > answered:
            break
        await asyncio.sleep(LOOK_AGAIN_S)
    took_s = time.monotonic() - began_s
    ledger.report.longest("longest until a grant after its return, seconds", took_s)
    ledger.report.counts["absences"] += 1
    ledger.report.expect(f"no grant {BACK_S:g} s after its return", holds=took_s < BACK_S)
