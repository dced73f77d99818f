"""Configuration in memory, under a version number that every change of it moves.

A tenant has one version for all its configuration. A writer moves it in the transaction that
changes something, a reader looks at it at most every half second, and nothing is decided by what
was looked at longer than a second ago: whoever would have to waits for a new look, however long
nobody asked before, and all who wait share it. What is looked for and not known makes it look
sooner, at most fifty times a second: a client is there as soon as the command that added it has
ended. While the database is away nothing is granted; what does not grant anything (the key set,
discovery) goes on with what is known.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from gateword.domain.refused import Refused
from gateword.storage.looks import forget, within_look
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx, TenantWork
from gateword.values import dataclass

T = TypeVar("T")
V = TypeVar("V")

LOOK_AGAIN_S: Final = 0.5
"""How old the knowledge of the version may be."""

STALE_S: Final = 1.0
"""How old it may be at most, while one look is under way, or failed."""

MISSED_S: Final = 0.02
"""How old it may be for something that is not there."""

_AT_ONCE: Final = float("-inf")
"""When to look after a change of our own: nobody goes on with what was known before it."""

VERSION: Final = Statement("SELECT value FROM counters WHERE tenant = :tenant AND name = 'config'")
BUMP: Final = Statement(
    "UPDATE counters SET value = value + 1 WHERE tenant = :tenant AND name = 'config'"
)


@dataclass(frozen=True, slots=True)
class _View:
    """Something made of configuration, and the version it was made of."""

    version: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the version, and when it began.

    Attributes:
        began_s: What was changed elsewhere before then is seen by it.
        own_changes: How many changes of our own are seen by it.
        task: Ends when the version is known.
    """

    began_s: float
    own_changes: int
    task: asyncio.Task[None]


class ConfigCache:
    """What one process knows of a tenant's configuration.

    Args:
        database: The tenant's rows.
        monotonic_s: Clock that never runs backwards.
    """

    def __init__(self, database: TenantDatabase, monotonic_s: Callable[[], float]) -> None:
        self._database = database
        self._monotonic_s = monotonic_s
        self._views: dict[str, _View] = {}
        self._loading: dict[str, tuple[int, asyncio.Task[Any]]] = {}
        self._looking: _Look | None = None
        self._version = -1
        self._look_at_s = _AT_ONCE
        self._seen_s = _AT_ONCE
        self._is_away = False
        self._own_changes = 0

    @property
    def version(self) -> int:
        """The version that was seen last."""
        return self._version

    async def view(
        self,
        name: str,
        load: Callable[[TenantDatabase], Coroutine[Any, Any, V]],
        *,
        may_be_old: bool = False,
    ) -> V:
        """Return what `load` made of the present configuration.

        Args:
            name: Under which it is remembered.
            load: Reads the rows and arranges them for look-ups.
            may_be_old: What is known will do while the database is away.

        Raises:
            Refused: STORE_UNREACHABLE.
        """
        known = self._views.get(name)
        now_s = self._monotonic_s()
        goes_on = may_be_old and self._is_away
        if now_s >= self._look_at_s or (now_s - self._seen_s > STALE_S and not goes_on):
            try:
                await self._looked()
            except Refused:
                self._is_away = True
                now_s = self._monotonic_s()
                is_old = now_s - self._seen_s > STALE_S
                if known is None or (is_old and not may_be_old):
                    raise
                self._look_at_s = now_s + LOOK_AGAIN_S
            else:
                known = self._views.get(name)
        if known is None or known.version != self._version:
            known = await self._renewed(name, load, known if may_be_old else None)
        value: V = known.value
        return value

    async def _renewed(
        self,
        name: str,
        load: Callable[[TenantDatabase], Coroutine[Any, Any, V]],
        or_else: _View | None,
    ) -> _View:
        """Load a view; while the database is away the one that was known will do, if any is given.

        The version may have moved just before the database went.
        """
        if or_else is None:
            view = await self._loaded(name, load)
        elif self._is_away:
            return or_else
        else:
            try:
                view = await within_look(self._loaded(name, load))
            except Refused:
                self._is_away = True
                return or_else
        self._views[name] = view
        return view

    async def _loaded(
        self, name: str, load: Callable[[TenantDatabase], Coroutine[Any, Any, V]]
    ) -> _View:
        """Load a view once for all who wait for it."""
        # The version was read before the rows: a change in between is loaded once more.
        version, under_way = self._version, self._loading.get(name)
        if under_way is None or under_way[0] != version or under_way[1].done():
            under_way = version, asyncio.ensure_future(load(self._database))
            self._loading[name] = under_way
        try:
            return _View(version, await asyncio.shield(under_way[1]))
        finally:
            if under_way[1].done() and self._loading.get(name) is under_way:
                del self._loading[name]

    async def find(
        self,
        name: str,
        load: Callable[[TenantDatabase], Coroutine[Any, Any, V]],
        pick: Callable[[V], T | None],
    ) -> T | None:
        """Return what `pick` finds in the view, after a second look when it finds nothing."""
        found = pick(await self.view(name, load))
        if found is None and self.doubt():
            found = pick(await self.view(name, load))
        return found

    def doubt(self) -> bool:
        """Let the next look be at once, at most fifty times a second; say whether it will."""
        now_s = self._monotonic_s()
        if self._look_at_s == _AT_ONCE:  # sooner than now: nobody goes on meanwhile
            return True
        if now_s < self._look_at_s - LOOK_AGAIN_S + MISSED_S:
            return False
        self._look_at_s = now_s
        return True

    async def change(self, work: TenantWork[T]) -> T:
        """Change configuration in one transaction; the next look sees it."""

        async def versioned(tx: TenantTx) -> T:
            await tx.run(BUMP)
            return await work(tx)

        try:
            return await self._database.transact(versioned)
        finally:
            self._own_changes += 1
            self._look_at_s = _AT_ONCE

    async def _looked(self) -> None:
        """Look once for all who wait, where the look that is under way sees enough for them."""
        now_s, looking = self._monotonic_s(), self._looking
        if (
            looking is None
            or looking.task.done()
            or looking.own_changes != self._own_changes
            or now_s >= self._look_at_s > looking.began_s  # it is asked for since that began
        ):
            if self._look_at_s != _AT_ONCE:  # one looks; the others go on with what is known
                self._look_at_s = now_s + LOOK_AGAIN_S
            task = asyncio.create_task(self._look(now_s, self._own_changes))
            task.add_done_callback(forget)  # whoever waited may be gone
            looking = self._looking = _Look(now_s, self._own_changes, task)
        await asyncio.shield(looking.task)

    async def _look(self, began_s: float, own_changes: int) -> None:
        row = await within_look(self._database.one(VERSION))
        if row is None:
            raise LookupError(f"tenant {self._database.tenant} does not exist")
        self._version = max(self._version, row[0])
        self._seen_s, self._is_away = max(self._seen_s, began_s), False
        if own_changes == self._own_changes:  # else this look may be older than our own change
            self._look_at_s = began_s + LOOK_AGAIN_S
