"""Valkey goes away under load: accounts stay shut, everybody else gets in (promise D3)."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from gateword.app import opened
from gateword.policy import attack_protection
from gateword.storage.valkey_outage import AWAY, BACK
from scripts.soak_audit import Audit
from scripts.soak_case import Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import Ledger
from scripts.soak_probes import watched
from tests.served.house import settings_of
from tests.support import valkey
from tests.support.protection import protect
from tests.support.served import Served
from tests.support.valkey import ValkeyProcess

MANY: Final = 100_000
"""Tokens of an address: the load comes from one, and guesses all the time."""


def stopped(ground: Ground) -> Report:
    """Stop it and start it again, empty."""
    return _away(ground, ValkeyProcess.stop, ValkeyProcess.start)


def frozen(ground: Ground) -> Report:
    """Let it stand still, so that nothing is answered."""
    return _away(
        ground,
        lambda server: os.kill(server.pid, signal.SIGSTOP),
        lambda server: os.kill(server.pid, signal.SIGCONT),
    )


def _away(
    ground: Ground, begin: Callable[[ValkeyProcess], None], end: Callable[[ValkeyProcess], None]
) -> Report:
    report = Report()
    program = valkey.program()
    if program is None:
        report.faults.append("neither Valkey nor Redis is installed")
        return report
    with valkey.running(program) as server:
        served = guarded(ground.folder / "data", settings={"valkey_url": server.url})
        asyncio.run(_throttle(served))
        served.options = (*served.options, "--workers", "2")
        ledger = Ledger(report)
        audit = Audit(served, ledger)
        served.start()
        try:
            for _ in range(ground.times):
                asyncio.run(
                    _absent(ground, served, ledger, lambda: begin(server), lambda: end(server))
                )
                asyncio.run(audit.of_what_is_new())
            asyncio.run(audit.of_all())
            seen = asyncio.run(_warnings(served))
        finally:
            served.stop()
    report.counts["log events of its absence"] = seen[AWAY]
    report.counts["log events of its return"] = seen[BACK]
    report.expect(f"events: {seen}", holds=min(seen[AWAY], seen[BACK]) >= 1)  # told once a minute
    busy = report.counts["told to come again (503)"]
    report.expect(f"{busy} asks were told to come again", holds=busy == 0)
    return report


async def _throttle(served: Served) -> None:
    """Count velocity in Valkey, without ever reaching its bound."""
    name = attack_protection.SUSPICIOUS_IP
    default = attack_protection.DEFAULTS[name]["stage"]
    stage: dict[str, object] = {**default} if isinstance(default, dict) else {}
    stage["pre-login"] = {"max_attempts": MANY, "rate": 864_000}
    async with opened(settings_of(served)) as house:
        await protect(house.parts, name, house.parts.clock.now(), stage=stage)


async def _absent(
    ground: Ground,
    served: Served,
    ledger: Ledger,
    begin: Callable[[], None],
    end: Callable[[], None],
) -> None:
    async with watched(served, ledger.report), under_load(served, ledger):
        await asyncio.sleep(ground.load_s)
        await asyncio.to_thread(begin)
        try:
            before = len(ledger.answered)
            await asyncio.sleep(2 * ground.load_s)
            granted = len(ledger.answered) - before
        finally:
            await asyncio.to_thread(end)
        await asyncio.sleep(2 * ground.load_s)
    ledger.report.counts["granted while it was away"] += granted
    ledger.report.counts["absences"] += 1
    ledger.report.expect("nothing was granted while it was away", holds=granted > 0)


async def _warnings(served: Served) -> Counter[str]:
    async with opened(settings_of(served)) as house:
        rows: list[Any] = [*await house.parts.stores.logs.read(after=0, limit=1000, code="w")]
    return Counter(row.document["description"] for row in rows)
