"""The counters of a tenant, read as a whole (port `Census`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateword.ports.attempts import Failures
from gateword.storage.columns import ms, time
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase

_FAILING: Final = Statement("""
    SELECT connection_key, subject, place, count, last_at, user_key FROM failures
    WHERE tenant = :tenant AND count >= :least
    ORDER BY last_at DESC, connection_key, subject, place LIMIT :most
""")
_DUE: Final = Statement("""
    SELECT name, full_at - :at FROM buckets
    WHERE tenant = :tenant AND full_at > :after AND substr(name, 1, :length) = :prefix
    ORDER BY full_at DESC, name LIMIT :most
""")


class SqlCensus:
    """Reads counters that `SqlAttempts` writes."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def failing(self, least: int, most: int) -> Sequence[tuple[Failures, int | None]]:
        rows = await self._database.all(_FAILING, least=least, most=most)
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

    async def due(
        self, prefix: str, over_ms: int, at: datetime, most: int
    ) -> Sequence[tuple[str, int]]:
        after = ms(at) + over_ms
        rows = await self._database.all(
            _DUE, prefix=prefix, length=len(prefix), at=ms(at), after=after, most=most
        )
        return [(name, due_ms) for name, due_ms in rows]
