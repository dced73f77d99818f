"""Configuration in memory, under a version number that every change of it moves.

A tenant has one version for all its configuration. A writer moves it in the transaction that
changes something, a reader looks at it at most every half second; so a change made by another
process is seen within a second. What is looked for and not known makes it look sooner, at most
fifty times a second: a client is there as soon as the command that added it has ended. While the
database is away, what is known stays in force: nothing can change it either.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gateword.domain.refused import Refused
from gateword.storage.looks import within_look
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx, TenantWork

T = TypeVar("T")
V = TypeVar("V")

LOOK_AGAIN_S: Final = 0.5
"""How old the knowledge of the version may be."""

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
        self._version = -1
        self._look_at_s = _AT_ONCE
        self._own_changes = 0

    async def view(self, name: str, load: Callable[[TenantDatabase], Coroutine[Any, Any, V]]) -> V:
        """Return what `load` made of the present configuration.

        Args:
            name: Under which it is remembered.
            load: Reads the rows and arranges them for look-ups.
        """
        known = self._views.get(name)
        if self._monotonic_s() >= self._look_at_s:
            try:
                await self._look()
            except Refused:
                if known is None:
                    raise
                # Away: keys and discovery stay up. Whatever grants something writes, and fails.
                self._look_at_s = self._monotonic_s() + LOOK_AGAIN_S
            else:
                known = self._views.get(name)
        if known is None or known.version != self._version:
            # The version was read before the rows: a change in between is loaded once more.
            known = _View(self._version, await load(self._database))
            self._views[name] = known
        value: V = known.value
        return value

    async def find(
        self,
        name: str,
        load: Callable[[TenantDatabase], Coroutine[Any, Any, V]],
        pick: Callable[[V], T | None],
    ) -> T | None:
        """Return what `pick` finds in the view, after a second look when it finds nothing."""
        found = pick(await self.view(name, load))
        now_s = self._monotonic_s()
        if found is None and now_s >= self._look_at_s - LOOK_AGAIN_S + MISSED_S:
            self._look_at_s = now_s
            found = pick(await self.view(name, load))
        return found

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

    async def _look(self) -> None:
        began_s, own_changes = self._monotonic_s(), self._own_changes
        if self._look_at_s != _AT_ONCE:  # one looks; the others go on with what is known
            self._look_at_s = began_s + LOOK_AGAIN_S
        row = await within_look(self._database.one(VERSION))
        if row is None:
            raise LookupError(f"tenant {self._database.tenant} does not exist")
        self._version = max(self._version, row[0])
        if own_changes == self._own_changes:  # else this look may be older than our own change
            self._look_at_s = began_s + LOOK_AGAIN_S
