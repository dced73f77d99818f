"""Rings when so many logins fail that the tenant is under attack, and says when it is over.

One process at a time judges, and writes one event when an alarm begins and one when it ends. Who
dies between the event and the note of it makes it two. The others hear of it in their next round.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from gateword.accounts import alerts, diary
from gateword.domain.log_event import LogCode, LogEvent
from gateword.policy import alarm
from gateword.policy.alarm import Finding
from gateword.policy.notice import ATTACKED, Notice
from gateword.policy.timestamp import written
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts
from gateword.ports.queues import Cursor
from gateword.values import dataclass, replace

CURSOR: Final = "alarms"
"""Its facts are the alarms that ring, each with the time since when."""

EVERY: Final = timedelta(minutes=1)
_HOUR_MS: Final = 3_600_000
_DIGITS: Final = 3
_BEGUN: Final = {
    alarm.FAILURES: "Far more logins fail than usual",
    alarm.STRANGERS: "Far more logins than usual try names that nobody has",
}
_ENDED: Final = {
    alarm.FAILURES: "No more logins fail than usual",
    alarm.STRANGERS: "No more logins than usual try names that nobody has",
}
_CROWDED: Final = "Nearly all logins fail from the new addresses that this application tells"


@dataclass(frozen=True, slots=True)
class Alarms:
    """What this process counted is added up, and judged once a minute (port `Chore`)."""

    every_s: float = 10.0
    name: ClassVar[str] = "alarms"

    async def run(self, parts: Parts) -> None:
        tallies, now = parts.stores.tallies, parts.clock.now()
        await parts.stores.logs.flush()
        await tallies.flush()
        is_wanted = (await parts.stores.protection.get()).extras.alarms
        for client_id in tallies.crowded():
            if is_wanted:
                await _tell_of_crowd(parts, client_id, now)
        tallies.is_alarmed = await _is_ringing(parts, now, is_wanted=is_wanted)


async def _is_ringing(parts: Parts, now: datetime, *, is_wanted: bool) -> bool:
    cursors = parts.stores.cursors
    cursor = await cursors.get(CURSOR)
    has_rung = cursor is not None and bool(cursor.facts)
    if has_rung or (is_wanted and await _is_busy(parts, now)):
        claimed = await cursors.claim(CURSOR, now, now + EVERY)
        if claimed is not None:
            cursor = await _judged(parts, claimed, now, is_wanted=is_wanted)
    return is_wanted and cursor is not None and bool(cursor.facts)


async def _is_busy(parts: Parts, now: datetime) -> bool:
    """Say whether there is enough to judge; a quiet tenant costs no writing."""
    recent = await parts.stores.tallies.read(alarm.slot_of(now) - alarm.SLOT)
    return alarm.are_enough(recent)


async def _judged(parts: Parts, cursor: Cursor, now: datetime, *, is_wanted: bool) -> Cursor:
    """Write what begins and what ends; the claim is kept, so nobody judges again this minute."""
    tallies = await parts.stores.tallies.read(alarm.slot_of(now) - alarm.SLOT - alarm.WEEK)
    ringing, events = dict(cursor.facts), list[LogEvent]()
    for finding in alarm.findings(tallies, now):
        since = ringing.get(finding.alarm)
        if since is None and finding.rings and is_wanted:
            ringing[finding.alarm] = written(now)
            events.append(_event(finding, now, None))
        elif since is not None and (not is_wanted or _is_over(finding, str(since), now)):
            del ringing[finding.alarm]
            events.append(_event(finding, now, str(since)))
    await parts.stores.logs.append(events)
    if len(ringing) > len(cursor.facts):
        await alerts.order(parts, Notice(address="", at=now, what=ATTACKED))
    cursor = replace(cursor, facts=ringing)
    await parts.stores.cursors.move(CURSOR, cursor, now + EVERY)
    return cursor


def _is_over(finding: Finding, since: str, now: datetime) -> bool:
    return alarm.is_over(finding, datetime.fromisoformat(since), now)


def _event(finding: Finding, at: datetime, since: str | None) -> LogEvent:
    """Return the event of an alarm that begins, or of one that ends when it has a since."""
    details: dict[str, object] = {
        "alarm": finding.alarm,
        "state": "begun" if since is None else "ended",
        "ratio": round(finding.ratio, _DIGITS),
        "baseline": round(finding.baseline, _DIGITS),
        "tries": finding.tries,
    }
    if since is not None:
        details["since"] = since
    texts: Mapping[str, str] = _BEGUN if since is None else _ENDED
    return diary.event(LogCode.PLA, at, None, description=texts[finding.alarm], details=details)


async def _tell_of_crowd(parts: Parts, client_id: str, at: datetime) -> None:
    """Write an event about an application that tells an attack's addresses, once an hour."""
    hourly = Bucket(
        shield="alarms",
        key=f"alarm:client:{client_id}",
        size=1,
        refill_ms=_HOUR_MS,
        spends_always=True,
    )
    if await parts.stores.attempts.take([hourly], at) is not None:
        return
    event = diary.event(
        LogCode.PLA,
        at,
        None,
        description=_CROWDED,
        client=await parts.stores.clients.get(client_id),
        client_id=client_id,
        details={"alarm": alarm.ADDRESSES, "client_id": client_id},
    )
    await parts.stores.logs.append([event])
