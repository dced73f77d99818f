"""What one process remembers of refusals, so that a flood of blocked tries asks no database.

A refusal is remembered for a second. Then one try of the flood asks the database again, and the
others are answered from memory until it has its answer: what another process lifts is free when the
first try that comes a second later is admitted.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias

from gateword.ports.attempts import Blocked, Subject
from gateword.values import dataclass, field, replace

REMEMBERED_S: Final = 1.0
ASKING_S: Final = 0.25
"""How long one try has to ask before another one asks too."""

MOST: Final = 50_000
"""Refusals that are remembered; the oldest are forgotten first."""

Key: TypeAlias = tuple[int, str, str]
"""Directory, login name and place; of a refusal for all names only the place."""


@dataclass(slots=True)
class _Held:
    blocked: Blocked
    until_s: float
    began_s: float
    more: int = 0


class Refusals:
    """Refusals by name and place."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._held: OrderedDict[Key, _Held] = OrderedDict()

    def recall(self, connection_key: int, name: str, place: str) -> Blocked | None:
        """Return a refusal that is remembered for the place, or for the name at the place."""
        if not self._held:
            return None
        return self._of((0, "", place)) or self._of((connection_key, name, place))

    def ask(self, connection_key: int, name: str, place: str) -> None:
        """Note that somebody who found no refusal asks the database; others need not, for now.

        What ran out longer ago says nothing any more.
        """
        if not self._held:
            return
        now_s = self._monotonic_s()
        for key in ((0, "", place), (connection_key, name, place)):
            held = self._held.get(key)
            if held is not None and 0 <= now_s - held.until_s < ASKING_S:
                held.until_s = now_s + ASKING_S

    def admit(self, connection_key: int, name: str, place: str) -> None:
        """Forget what was remembered of one who has been admitted since."""
        self._held.pop((0, "", place), None)
        self._held.pop((connection_key, name, place), None)

    def keep(self, key: Key, blocked: Blocked) -> Blocked:
        """Remember a refusal; return it with how many were answered from memory before it."""
        now_s = self._monotonic_s()
        old = self._held.pop(key, None)
        until_s = now_s + min(REMEMBERED_S, blocked.retry_after_s)
        self._held[key] = _Held(blocked, until_s, now_s)
        if len(self._held) > MOST:
            self._held.popitem(last=False)
        return replace(blocked, more=old.more if old is not None else 0)

    def forget(self) -> None:
        """Forget everything: something was lifted."""
        self._held.clear()

    def _of(self, key: Key) -> Blocked | None:
        held = self._held.get(key)
        if held is None:
            return None
        now_s = self._monotonic_s()
        if now_s >= held.until_s:
            return None
        held.more += 1
        left_s = max(1, held.blocked.retry_after_s - int(now_s - held.began_s))
        return replace(held.blocked, retry_after_s=left_s, is_first=False, is_remembered=True)


@dataclass(slots=True)
class _Queue:
    """Those of one subject who wait for a try to end; the one at the front looks."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    members: int = 0


class Queues:
    """Who waits until a try of a subject has ended: one looks, the others stand behind.

    So 200 parallel tries of one account cost one look each time one of them ends.
    """

    def __init__(self) -> None:
        self._queues: dict[Subject, _Queue] = {}

    def holds(self, subject: Subject) -> bool:
        """Say whether anybody waits for the subject."""
        return subject in self._queues

    @asynccontextmanager
    async def turn(self, subject: Subject, within_s: float) -> AsyncIterator[bool]:
        """Stand in the queue until it is one's turn; False when that took too long."""
        queue = self._queues.setdefault(subject, _Queue())
        queue.members += 1
        is_turn = False
        try:
            with suppress(TimeoutError):
                is_turn = await asyncio.wait_for(queue.turn.acquire(), max(0.0, within_s))
            yield is_turn
        finally:
            if is_turn:
                queue.turn.release()
            queue.members -= 1
            if queue.members == 0:
                self._queues.pop(subject, None)

    async def ended(self, subject: Subject, within_s: float) -> None:
        """Return when a try of the subject has ended in this process, or after that time."""
        queue = self._queues.get(subject)
        if queue is None:
            return
        queue.ended.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(queue.ended.wait(), max(0.0, within_s))

    def note(self, subject: Subject) -> None:
        """Tell whoever looks that a try of the subject has ended."""
        queue = self._queues.get(subject)
        if queue is not None:
            queue.ended.set()


class Occasions:
    """What was said lately, so that it is not said again so soon."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._said_at_s: OrderedDict[str, float] = OrderedDict()

    def is_first(self, key: str, within_s: float) -> bool:
        """Say whether nobody asked for the key within that time; whoever asks has said it."""
        now_s = self._monotonic_s()
        said_at_s = self._said_at_s.get(key)
        if said_at_s is not None and now_s - said_at_s < within_s:
            return False
        self._said_at_s[key] = now_s
        self._said_at_s.move_to_end(key)
        if len(self._said_at_s) > MOST:
            self._said_at_s.popitem(last=False)
        return True
