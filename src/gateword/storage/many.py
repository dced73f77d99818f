"""Configuration of which a tenant may have very many rows, each found by its key.

Where they are few, all are kept, so that names which nobody has cost no query. Where they are
many, those that were used last are kept, and each is read again when the configuration changed:
what a process holds is bounded, and a change never makes it read a hundred thousand rows.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from gateword.storage.cache import ConfigCache
from gateword.storage.engine import Row, Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase
from gateword.values import dataclass

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

FEW: Final = 2_000
"""Rows that are all kept: 5 MiB of clients, which take 20 ms to read."""

KEPT: Final = 5_000
"""Rows that are kept of more."""

EVERY: Final = 2**31 - 1
"""`:most` for whoever wants them all."""


@dataclass(frozen=True, slots=True)
class _Seen(Generic[V]):
    """A row, and the version of the configuration that was known before it was read."""

    version: int
    value: V


class Many(Generic[K, V]):
    """Rows of one kind.

    Args:
        name: Of the view that holds few.
        database: The tenant's rows.
        cache: Says when the configuration has changed.
        first: Reads `:most` rows in the order of their keys.
        one: Reads the row that `where` names.
        where: Returns the parameters of `one` for a key.
        read: Makes key and value of a row.
        few: How many are all kept.
        kept: How many are kept of more.
    """

    def __init__(
        self,
        name: str,
        database: TenantDatabase,
        cache: ConfigCache,
        *,
        first: Statement,
        one: Statement,
        where: Callable[[K], Mapping[str, Value]],
        read: Callable[[Row], tuple[K, V]],
        few: int = FEW,
        kept: int = KEPT,
    ) -> None:
        self._name = name
        self._database = database
        self._cache = cache
        self._first = first
        self._one = one
        self._where = where
        self._read = read
        self._most = few
        self._room = kept
        self._kept: OrderedDict[K, _Seen[V]] = OrderedDict()

    async def get(self, key: K) -> V | None:
        """Return the value of a key.

        Raises:
            Refused: STORE_UNREACHABLE.
        """

        def pick(few: Mapping[K, V] | None) -> tuple[Mapping[K, V] | None] | None:
            return (few,) if few is None or key in few else None

        found = await self._cache.find(self._name, self._few, pick)
        if found is None:
            return None
        (few,) = found
        return await self._of_many(key) if few is None else few[key]

    async def all(self) -> Sequence[V]:
        """Return every value, in the order of the keys.

        Raises:
            Refused: STORE_UNREACHABLE.
        """
        few = await self._cache.view(self._name, self._few)
        if few is not None:
            return tuple(few.values())
        rows = await self._database.all(self._first, most=EVERY)
        return tuple(self._read(row)[1] for row in rows)

    async def _few(self, database: TenantDatabase) -> Mapping[K, V] | None:
        """Return all by their keys; None when they are many."""
        rows = await database.all(self._first, most=self._most + 1)
        if len(rows) > self._most:
            return None
        self._kept.clear()
        return dict(map(self._read, rows))

    async def _of_many(self, key: K) -> V | None:
        version, known = self._cache.version, self._kept.get(key)
        if known is not None and known.version == version:
            self._kept.move_to_end(key)
            return known.value
        row = await self._database.one(self._one, **self._where(key))
        if row is None:  # not kept: strangers can think of any number of names
            self._kept.pop(key, None)
            return None
        value = self._read(row)[1]
        self._kept[key] = _Seen(version, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._room:
            self._kept.popitem(last=False)
        return value
