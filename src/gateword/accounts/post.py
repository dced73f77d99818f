"""Writes and delivers the letters of the outbox, again and again until they are taken."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from gateword.accounts import letters
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refused import Refused
from gateword.ports.delivery import Courier, Undeliverable
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter, Waiting

_log: Final = logging.getLogger("gateword.post")

AT_ONCE: Final = 10
"""Letters that are on their way together."""

PATIENCE_S: Final = 90.0
"""Time a courier has for one letter."""

CLAIM: Final = timedelta(seconds=120)
"""Longer than that: who dies with letters in hand delays them by this much."""

MOST_TRIES: Final = 55
"""With the pauses below: two days."""

_FIRST_PAUSE_S: Final = 10
_LONGEST_PAUSE_S: Final = 3600
_DOUBLINGS: Final = 10
_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True)
class Post:
    """The outbox is emptied (port `Chore`)."""

    courier: Courier
    every_s: float = 0.5
    name: ClassVar[str] = "post"

    async def run(self, parts: Parts) -> None:
        outbox = parts.stores.outbox
        for _ in range(_ROUNDS):
            now = parts.clock.now()
            claimed = await outbox.claim(now, now + CLAIM, AT_ONCE)
            if not claimed:
                return
            await asyncio.gather(*(self._handled(parts, one) for one in claimed))

    async def _handled(self, parts: Parts, waiting: Waiting) -> None:
        try:
            if waiting.letter.order:
                await self._write(parts, waiting)
            elif await _is_for_nobody(parts, waiting.letter):
                await parts.stores.outbox.delivered(waiting.key)
            else:
                async with asyncio.timeout(PATIENCE_S):
                    await self.courier.deliver(waiting.letter)
                await parts.stores.outbox.delivered(waiting.key)
        except Undeliverable as failed:
            await self._again(parts, waiting, str(failed), is_final=failed.is_final)
        except TimeoutError:
            reason = f"not taken within {PATIENCE_S:g} s"
            await self._again(parts, waiting, reason, is_final=False)
        except Refused:
            raise  # the database is away: the claim runs out, and the next round will do
        except Exception as error:  # noqa: BLE001  a bug in one letter must not hold up all others
            _log.exception("letter_failed", extra={"kind": waiting.letter.kind})
            await self._again(parts, waiting, type(error).__name__, is_final=False)

    async def _write(self, parts: Parts, waiting: Waiting) -> None:
        letter = await letters.written(parts, waiting.letter)
        if letter is not None:
            at = parts.clock.now()
            await parts.stores.outbox.add(letter, at)
            if letter.kind == "verify_email":
                await parts.stores.logs.append([_row(LogCode.SVR, at, letter, None)])
        await parts.stores.outbox.delivered(waiting.key)

    async def _again(self, parts: Parts, waiting: Waiting, reason: str, *, is_final: bool) -> None:
        at, letter = parts.clock.now(), waiting.letter
        if is_final or waiting.tries >= MOST_TRIES:
            await parts.stores.outbox.failed(waiting.key, None)
            await parts.stores.logs.append([_row(LogCode.FN, at, letter, reason)])
            return
        pause_s = pause_after(waiting.tries)
        extra = {"kind": letter.kind, "reason": reason, "again_in_s": pause_s}
        _log.warning("letter_waits", extra=extra)
        await parts.stores.outbox.failed(waiting.key, at + timedelta(seconds=pause_s))


def pause_after(tries: int) -> int:
    """Return the seconds until the next try; each pause is twice the one before, up to an hour."""
    return min(_FIRST_PAUSE_S << min(tries, _DOUBLINGS), _LONGEST_PAUSE_S)


async def _is_for_nobody(parts: Parts, letter: Letter) -> bool:
    """Say whether the user was deleted while the letter waited (promise D9)."""
    return bool(letter.user_id) and await parts.stores.users.by_id(letter.user_id) is None


def _row(code: LogCode, at: datetime, letter: Letter, why: str | None) -> LogEvent:
    return LogEvent(
        code=code,
        at=at,
        description=why,
        user_id=letter.user_id,
        user_name=letter.to,
        details={"email_type": letter.kind, "to": letter.to},
    )
