"""How far each stream of log events has been delivered."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

import msgspec

from gateword.ports.queues import Cursor
from gateword.storage.columns import ms, ms_or_none, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ADD: Final = Statement("""
    INSERT INTO cursors (tenant, name, document) VALUES (:tenant, :name, :document)
    ON CONFLICT DO NOTHING
""")
_GET: Final = Statement("SELECT document FROM cursors WHERE tenant = :tenant AND name = :name")
_CLAIM: Final = Statement("""
    UPDATE cursors SET claimed_until = :until
    WHERE tenant = :tenant AND name = :name
        AND (
            claimed_until IS NULL OR claimed_until <= :at
            OR claimed_until > :until + (:until - :at)
        )
    RETURNING document
""")
"""A claim of twice as long as ours was made by a clock that runs ahead: it binds nobody."""
_MOVE: Final = Statement("""
    UPDATE cursors SET document = :document, claimed_until = :until
    WHERE tenant = :tenant AND name = :name
""")
_REMOVE: Final = Statement("DELETE FROM cursors WHERE tenant = :tenant AND name = :name")
_decoder: Final = msgspec.json.Decoder(Cursor)


class SqlCursors:
    """The cursors of one tenant (port `Cursors`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def get(self, name: str) -> Cursor | None:
        row = await self._database.one(_GET, name=name)
        return None if row is None else _decoder.decode(row[0])

    async def claim(self, name: str, at: datetime, until: datetime) -> Cursor | None:
        async def work(tx: TenantTx) -> Cursor | None:
            await tx.run(_ADD, name=name, document=to_json(asdict(Cursor())))
            row = await tx.one(_CLAIM, name=name, at=ms(at), until=ms(until))
            return None if row is None else _decoder.decode(row[0])

        return await self._database.transact(work)

    async def move(self, name: str, cursor: Cursor, until: datetime | None) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(
                _MOVE, name=name, document=to_json(asdict(cursor)), until=ms_or_none(until)
            )

        await self._database.transact(work)

    async def remove(self, name: str) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_REMOVE, name=name)

        await self._database.transact(work)
