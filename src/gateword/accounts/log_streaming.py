"""Carries log events to where they are streamed to: each at least once, in their order.

The cursor of a stream moves, durably, only behind what was taken. Whoever dies between the two
sends the same events again, never fewer.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from gateword.domain.log_event import StoredLogEvent
from gateword.policy import log_stream_document as policy
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept
from gateword.ports.log_sink import Destination, LogSink, NotTaken
from gateword.ports.parts import Parts
from gateword.ports.queues import Cursor
from gateword.values import dataclass, replace

_log: Final = logging.getLogger("gateword.log_streams")

BATCH: Final = 100
ONE_BY_ONE: Final = 10
"""Events of a batch when each is a request of its own."""

DELIVERY_S: Final = 30.0
"""Time that the other side has for a batch."""

CLAIM: Final = timedelta(seconds=120)
"""Longer than a batch takes: who dies with one in hand delays the stream by this much."""

ROUND_S: Final = 20.0
"""After so long other streams have their turn."""

SUSPEND_AFTER: Final = timedelta(hours=24)
"""A stream that has failed for so long is not tried any more."""

_FIRST_PAUSE_S: Final = 5
_LONGEST_PAUSE_S: Final = 600
_DOUBLINGS: Final = 7


def cursor_name(stream_id: str) -> str:
    """Return the name under which a stream's cursor is kept."""
    return f"log_stream/{stream_id}"


@dataclass(frozen=True, slots=True)
class LogStreaming:
    """Every active stream of a tenant is served (port `Chore`).

    Attributes:
        sinks: By type of stream.
    """

    sinks: Mapping[str, LogSink]
    every_s: float = 1.0
    name: ClassVar[str] = "log streaming"

    async def run(self, parts: Parts) -> None:
        streams = [
            kept
            for kept in await parts.stores.documents.all(policy.KIND)
            if kept.document["status"] == policy.ACTIVE and kept.document["type"] in self.sinks
        ]
        if not streams:
            return
        tenant = (await parts.stores.settings.get()).name
        rounds = (self._serve(parts, kept, tenant) for kept in streams)
        for outcome in await asyncio.gather(*rounds, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _serve(self, parts: Parts, kept: Kept, tenant: str) -> None:
        name, now = cursor_name(kept.id), parts.clock.now()
        seen = await parts.stores.cursors.get(name)
        if seen is not None and (
            _waits(seen, kept, now)
            or not await parts.stores.logs.read(after=seen.position, limit=1)
        ):
            return
        cursor = await parts.stores.cursors.claim(name, now, now + CLAIM)
        if cursor is None:
            return  # another process has it
        if "begun" not in cursor.facts:
            start = policy.moment(str(kept.document["_start_at"])) or now
            position = await parts.stores.logs.last_before(start)
            cursor = replace(cursor, position=position, facts={"begun": True})
        to = _destination(kept, tenant)
        cursor = await _Round(parts, kept, to, self.sinks[str(kept.document["type"])]).go(cursor)
        await parts.stores.cursors.move(name, cursor, None)
        if cursor.failures and _has_failed_long(cursor, kept, parts.clock.now()):
            await _suspend(parts, kept, cursor)


@dataclass(frozen=True, slots=True)
class _Round:
    """One stream, as long as there is something to send and time for it."""

    parts: Parts
    kept: Kept
    to: Destination
    sink: LogSink

    async def go(self, cursor: Cursor) -> Cursor:
        """Send what is there; return how far it came."""
        stores, clock = self.parts.stores, self.parts.clock
        until_s = clock.monotonic_s() + ROUND_S
        limit = ONE_BY_ONE if self.to.sink.get("httpContentFormat") == "JSONOBJECT" else BATCH
        while True:
            events = await stores.logs.read(after=cursor.position, limit=limit)
            if not events:
                return cursor
            if reason := await self._failure(events):
                return _failed(cursor, reason, self.kept, clock.now())
            cursor = Cursor(position=events[-1].position, facts={"begun": True})
            if len(events) < limit or clock.monotonic_s() > until_s:
                return cursor
            await stores.cursors.move(cursor_name(self.kept.id), cursor, clock.now() + CLAIM)

    async def _failure(self, events: Sequence[StoredLogEvent]) -> str | None:
        """Send what the stream wants of these; return why that failed."""
        stream = self.kept.document
        wanted = [one for one in events if policy.wants(stream, str(one.document["type"]))]
        if not wanted:
            return None
        try:
            await asyncio.wait_for(self.sink.deliver(self.to, wanted), DELIVERY_S)
        except NotTaken as not_taken:
            return str(not_taken)
        except TimeoutError:
            return f"a batch took longer than {DELIVERY_S:g} s"
        return None


def _destination(kept: Kept, tenant: str) -> Destination:
    sink = kept.document["sink"]
    members = sink if isinstance(sink, Mapping) else {}
    return Destination(tenant=tenant, sink=members, secret=kept.secret)


def _failed(cursor: Cursor, reason: str, kept: Kept, at: datetime) -> Cursor:
    failures = cursor.failures + 1
    pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(failures - 1, _DOUBLINGS))
    since = _failing_since(cursor, kept) or at
    return replace(
        cursor,
        failures=failures,
        error=reason,
        facts={
            "begun": True,
            "failing_since": written(since),
            "failed_at": written(at),
            "again_at": written(at + timedelta(seconds=pause_s)),
        },
    )


def _waits(cursor: Cursor, kept: Kept, now: datetime) -> bool:
    """Say whether a stream that failed is left alone for now; a changed one is tried at once."""
    again = policy.moment(str(cursor.facts.get("again_at", "")))
    failed = policy.moment(str(cursor.facts.get("failed_at", "")))
    if again is None or failed is None or again <= now:
        return False
    return kept.updated_at is None or kept.updated_at <= failed


def _failing_since(cursor: Cursor, kept: Kept) -> datetime | None:
    """Return since when a stream has failed; a time before somebody took it up again is over."""
    since = policy.moment(str(cursor.facts.get("failing_since", "")))
    active = policy.moment(str(kept.document.get("_active_since", "")))
    return None if since is None or (active is not None and active > since) else since


def _has_failed_long(cursor: Cursor, kept: Kept, now: datetime) -> bool:
    since = _failing_since(cursor, kept)
    return since is not None and now - since >= SUSPEND_AFTER


async def _suspend(parts: Parts, kept: Kept, cursor: Cursor) -> None:
    def made(present: Mapping[str, Kept]) -> Kept:
        now = present[kept.id]
        return replace(now, document=policy.suspended(now.document))

    try:
        await parts.stores.documents.edit(policy.KIND, made, parts.clock.now())
    except KeyError:
        return  # deleted meanwhile
    _log.warning("log_stream_suspended", extra={"stream": kept.id, "reason": cursor.error})
