"""A flood of tries that are blocked already, and what others notice of it."""

import asyncio
import time
from statistics import quantiles
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield
from gateword.cli.rehearsal.loopback import Answer, Request
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tries import STRANGER, account, guess
from gateword.cli.rehearsal.verdicts import Judged, Seen, Verdict, judged

_SECONDS: Final = 2.0
_LINES: Final = 16
_LOOK_EVERY_S: Final = 0.02


async def _flood(stage: Stage) -> Outcome:
    one = guess(account(0), 0, STRANGER)
    first = await stage.play([one] * stage.enough(stage.protection.brute_force.limit), at_once=1)
    found = judged(stage.protection, Shield.BRUTE_FORCE, first)
    if found.verdict is not Verdict.HELD:
        return Outcome(first, found)
    before, began_s = await stage.counters(), time.monotonic()
    until_s = began_s + _SECONDS
    reading = asyncio.ensure_future(_read_keys(stage, until_s))
    request = stage.request(one).written()
    shares = await asyncio.gather(*(_pour(stage, request, until_s) for _ in range(_LINES)))
    waits_ms = await reading
    answers = [answer for share in shares for answer in share]
    seen = await stage.seen([one] * len(answers), answers, before, began_s, at_once=_LINES)
    return Outcome(seen, _of_flood(seen, waits_ms))


async def _pour(stage: Stage, request: bytes, until_s: float) -> list[Answer]:
    answers = []
    async with stage.client.line() as line:
        while time.monotonic() < until_s:
            answers.append(await line.ask(request))
    return answers


async def _read_keys(stage: Stage, until_s: float) -> list[float]:
    """Return how many milliseconds each reading of the key set took."""
    waits_ms = []
    request = Request(stage.host, "/.well-known/jwks.json").written()
    async with stage.client.line() as line:
        while (began_s := time.monotonic()) < until_s:
            await line.ask(request)
            waits_ms.append(1000 * (time.monotonic() - began_s))
            await asyncio.sleep(_LOOK_EVERY_S)
    return waits_ms


def _of_flood(seen: Seen, waits_ms: list[float]) -> Judged:
    if seen.checked:
        return Judged(Verdict.BROKEN, "passwords of blocked tries were looked at")
    p99_ms = quantiles(waits_ms, n=100)[98]
    return Judged(
        Verdict.HELD,
        f"{len(seen.answers) / _SECONDS:,.0f} answers a second; meanwhile the key set answered "
        f"within {p99_ms:.1f} ms (p99)",
    )


FLOOD: Final = Scenario(
    "flood",
    (Act(attack="A blocked account, tried for two seconds as fast as answered", play=_flood),),
)
