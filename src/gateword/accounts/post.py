"""Writes and delivers the letters of the outbox, again and again until they are taken.

Rule 1: no letter waits until others are taken: a slow mail server holds up nobody's code.
Rule 2: what has an end goes first and is never delivered behind it.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from gateword.accounts import letters, phones, post_log
from gateword.domain.log_event import LogEvent
from gateword.domain.refused import Refused
from gateword.ports.delivery import Courier, PhoneCourier, Undeliverable
from gateword.ports.meter import LETTERS, Meter
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter, Waiting
from gateword.values import dataclass, field

_log: Final = logging.getLogger("gateword.post")

MOST_UNDER_WAY: Final = 100
"""Letters in hand together."""

AT_ONCE: Final = 10
"""Of these, letters without an end that are on their way together; the others wait in line."""

CLAIMED_AT_ONCE: Final = 10

PATIENCE_S: Final = 90.0
"""Time a courier has for one letter."""

URGENT_PATIENCE_S: Final = 30.0
"""Time a courier has for one that somebody waits for; another try may do better."""

CLAIM: Final = timedelta(seconds=120)
"""Longer than the line and the courier together: who dies with letters in hand delays them by this
much."""

MOST_TRIES: Final = 55
"""With the pauses below: two days."""

_PAUSES_S: Final = (10, 3600)
_URGENT_PAUSES_S: Final = (2, 30)
_DOUBLINGS: Final = 10
_TOO_LATE: Final = "its time was over before it could be delivered"


@dataclass(frozen=True, slots=True)
class Post:
    """The outbox is emptied (port `Chore`).

    Attributes:
        courier: Takes letters to e-mail addresses.
        phones: Take messages to phones, by the provider that a tenant has selected.
        meter: Counts what became of them.
        in_line_s: After so long in line a letter is left to a later round, so that its place among
            those in hand is free.
    """

    courier: Courier
    phones: Mapping[str, PhoneCourier] = field(default_factory=dict)
    meter: Meter | None = None
    every_s: float = 0.5
    in_line_s: float = 25.0
    name: ClassVar[str] = "post"

    async def run(self, parts: Parts) -> None:
        line = asyncio.Semaphore(AT_ONCE)
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                begun = await self._begun(parts, line, MOST_UNDER_WAY - len(under_way))
                under_way |= begun
                if not under_way:
                    return
                # While some are under way others come in; where many wait, the next come at once.
                pause_s = 0 if len(begun) == CLAIMED_AT_ONCE else self.every_s
                done, under_way = await asyncio.wait(
                    under_way, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED
                )
                for one in done:
                    one.result()
        finally:
            for one in under_way:
                one.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _begun(
        self, parts: Parts, line: asyncio.Semaphore, places: int
    ) -> set[asyncio.Task[None]]:
        """Take letters that are due, no more than there are places; return them on their way."""
        if not places:
            return set()
        now = parts.clock.now()
        limit = min(places, CLAIMED_AT_ONCE)
        claimed = await parts.stores.outbox.claim(now, now + CLAIM, limit)
        return {asyncio.create_task(self._in_turn(parts, one, line)) for one in claimed}

    async def _in_turn(self, parts: Parts, waiting: Waiting, line: asyncio.Semaphore) -> None:
        if waiting.letter.is_urgent:
            return await self._handled(parts, waiting)
        try:
            async with asyncio.timeout(self.in_line_s):
                await line.acquire()
        except TimeoutError:
            return None  # it is due again when its claim has run out
        try:
            return await self._handled(parts, waiting)
        finally:
            line.release()

    async def _handled(self, parts: Parts, waiting: Waiting) -> None:
        try:
            await self._brought(parts, waiting)
        except Undeliverable as failed:
            await self._again(parts, waiting, str(failed), is_final=failed.is_final)
        except Refused:
            raise  # the database is away: the claim runs out, and the next round will do
        except Exception as error:  # noqa: BLE001  a bug in one letter must not hold up all others
            _log.exception("letter_failed", extra={"kind": waiting.letter.kind})
            await self._again(parts, waiting, type(error).__name__, is_final=False)

    async def _brought(self, parts: Parts, waiting: Waiting) -> None:
        letter = waiting.letter
        if letter.expires_at is not None and letter.expires_at <= parts.clock.now():
            raise Undeliverable(_TOO_LATE, is_final=True)
        if letter.order:
            await _write(parts, waiting)
        elif await _is_for_nobody(parts, letter):
            await parts.stores.outbox.delivered(waiting.key)
        else:
            patience_s = _patience_s(letter, parts.clock.now())
            try:
                async with asyncio.timeout(patience_s):
                    await self._deliver(parts, letter)
            except TimeoutError:
                raise Undeliverable(f"not taken within {patience_s:g} s") from None
            await parts.stores.outbox.delivered(waiting.key)
            self._count("delivered", letter)
            await _tell(parts, post_log.sent(letter, parts.clock.now()))

    async def _deliver(self, parts: Parts, letter: Letter) -> None:
        if letter.channel == "email":
            return await self.courier.deliver(letter)
        sender = await phones.sender(parts)
        courier = self.phones.get(sender.provider)
        if courier is None:
            reason = f"{sender.provider} is selected, and the server has no such service set"
            raise Undeliverable(reason, is_final=True)
        return await courier.deliver(letter, sender)

    async def _again(self, parts: Parts, waiting: Waiting, reason: str, *, is_final: bool) -> None:
        at, letter = parts.clock.now(), waiting.letter
        reason = post_log.hushed(letter, reason)
        pause_s = pause_after(waiting.tries, is_urgent=letter.is_urgent)
        again_at = at + timedelta(seconds=pause_s)
        is_over = letter.expires_at is not None and letter.expires_at <= again_at
        if is_final or is_over or waiting.tries >= MOST_TRIES:
            await parts.stores.outbox.failed(waiting.key, None)
            self._count("given up", letter)
            await _tell(parts, post_log.given_up(letter, at, reason))
            return
        extra = {"kind": letter.kind, "reason": reason, "again_in_s": pause_s}
        _log.warning("letter_waits", extra=extra)
        self._count("put off", letter)
        await parts.stores.outbox.failed(waiting.key, again_at)

    def _count(self, outcome: str, letter: Letter) -> None:
        if self.meter is not None:
            self.meter.count(LETTERS, letter.channel, outcome)


def pause_after(tries: int, *, is_urgent: bool = False) -> int:
    """Return the seconds until the next try; each pause is twice the one before, up to a bound."""
    first_s, longest_s = _URGENT_PAUSES_S if is_urgent else _PAUSES_S
    return min(first_s << min(tries, _DOUBLINGS), longest_s)


def _patience_s(letter: Letter, at: datetime) -> float:
    """Return for how long a courier may try, which is never beyond the letter's own time."""
    if letter.expires_at is None:
        return PATIENCE_S
    return min(URGENT_PATIENCE_S, (letter.expires_at - at).total_seconds())


async def _write(parts: Parts, waiting: Waiting) -> None:
    """Have an ordered letter written; it waits in the outbox as a letter of its own."""
    letter = await letters.written(parts, waiting.letter)
    if letter is not None:
        at = parts.clock.now()
        await parts.stores.outbox.add(letter, at)
        await _tell(parts, post_log.ordered(letter, at))
    await parts.stores.outbox.delivered(waiting.key)


async def _tell(parts: Parts, event: LogEvent | None) -> None:
    if event is not None:
        await parts.stores.logs.append([event])


async def _is_for_nobody(parts: Parts, letter: Letter) -> bool:
    """Say whether the user was deleted while the letter waited (promise D9)."""
    return bool(letter.user_id) and await parts.stores.users.by_id(letter.user_id) is None
