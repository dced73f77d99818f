"""What one process remembers of refusals, so that a flood of blocked tries asks no database.

A refusal is remembered for a second at most: what another process lifts is free that soon.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from gateword.ports.attempts import Blocked, Subject

REMEMBERED_S: Final = 1.0
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


class Waiters:
    """Who waits until a try of a subject has ended."""

    def __init__(self) -> None:
        self._waiting: dict[Subject, set[asyncio.Future[None]]] = {}

    async def wait(self, subject: Subject, within_s: float) -> None:
        """Return when `wake` was called for the subject, or after that time."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(subject, set())
        waiting.add(future)
        try:
            await asyncio.wait({future}, timeout=within_s)
        finally:
            waiting.discard(future)
            if not waiting:
                self._waiting.pop(subject, None)

    def wake(self, subject: Subject) -> None:
        """Wake who waits for the subject."""
        for future in self._waiting.get(subject, ()):
            if not future.done():
                future.set_result(None)


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
