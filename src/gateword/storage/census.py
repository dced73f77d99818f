"""The counters of a tenant, as a whole (port `Census`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateword.ports.attempts import Failures
from gateword.storage.columns import ms, time
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_FAILING: Final = Statement("""
    SELECT connection_key, subject, place, count, last_at, user_key FROM failures
    WHERE tenant = :tenant AND count >= :least
    ORDER BY last_at DESC, connection_key, subject, place LIMIT :most
""")
_FAILING_AT: Final = Statement("""
    SELECT connection_key, subject, place, count, last_at, user_key FROM failures
    WHERE tenant = :tenant AND place = :place AND count >= :least
    ORDER BY last_at DESC, connection_key, subject LIMIT :most
""")
_NAMES: Final = Statement("""
    SELECT COUNT(*) FROM (
        SELECT 1 FROM failures
        WHERE tenant = :tenant AND place = :place AND last_at > :since LIMIT :most
    ) AS names
""")
_CROWDED: Final = Statement("""
    SELECT place FROM failures
    WHERE tenant = :tenant AND place <> '' AND last_at > :since
    GROUP BY place HAVING COUNT(*) >= :least
    ORDER BY MAX(last_at) DESC, place LIMIT :most
""")
_DISPERSE: Final = Statement("""
    DELETE FROM failures
    WHERE tenant = :tenant AND place = :place AND (user_key IS NULL OR count < :under)
""")
_DUE: Final = Statement("""
    SELECT name, full_at - :at FROM buckets
    WHERE tenant = :tenant AND full_at > :after AND substr(name, 1, :length) = :prefix
    ORDER BY full_at DESC, name LIMIT :most
""")


_ANY_COUNT: Final = 2**62


class SqlCensus:
    """Reads counters that `SqlAttempts` writes, and forgets those of an address."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def failing(
        self, least: int, most: int, *, place: str | None = None
    ) -> Sequence[tuple[Failures, int | None]]:
        if place is None:
            rows = await self._database.all(_FAILING, least=least, most=most)
        else:
            rows = await self._database.all(_FAILING_AT, place=place, least=least, most=most)
        return [
            (
                Failures(
                    connection_key=connection_key,
                    subject=subject,
                    place=place,
                    count=count,
                    last_failed_at=time(last_at),
                ),
                user_key,
            )
            for connection_key, subject, place, count, last_at, user_key in rows
        ]

    async def names_at(self, place: str, since: datetime, most: int) -> int:
        row = await self._database.one(_NAMES, place=place, since=ms(since), most=most)
        return row[0] if row is not None else 0

    async def crowded(self, least: int, since: datetime, most: int) -> Sequence[str]:
        rows = await self._database.all(_CROWDED, least=least, since=ms(since), most=most)
        return [place for (place,) in rows]

    async def disperse(self, place: str, under: int | None) -> int:
        bound = _ANY_COUNT if under is None else under

        async def work(tx: TenantTx) -> int:
            return await tx.run(_DISPERSE, place=place, under=bound)

        return await self._database.transact(work)

    async def due(
        self, prefix: str, over_ms: int, at: datetime, most: int
    ) -> Sequence[tuple[str, int]]:
        after = ms(at) + over_ms
        rows = await self._database.all(
            _DUE, prefix=prefix, length=len(prefix), at=ms(at), after=after, most=most
        )
        return [(name, due_ms) for name, due_ms in rows]
