"""Tickets by the hash of their handle."""

from datetime import datetime
from typing import Final

from gateword.domain.secret import Secret
from gateword.ports.queues import Ticket
from gateword.storage import purging
from gateword.storage.columns import digest, json_object, ms, time, to_json
from gateword.storage.engine import Row
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_COLUMNS: Final = "purpose, user_key, document, created_at, expires_at"
_LIVE: Final = """
    tenant = :tenant AND hash = :hash AND purpose = :purpose AND used_at IS NULL
    AND expires_at > :at
"""
_ADD: Final = Statement("""
    INSERT INTO tickets (tenant, hash, purpose, user_key, document, created_at, expires_at)
    VALUES (:tenant, :hash, :purpose, :user_key, :document, :created_at, :expires_at)
""")
_FIND: Final = Statement(f"SELECT {_COLUMNS} FROM tickets WHERE {_LIVE}")  # noqa: S608  # constants
_USE: Final = Statement(
    f"UPDATE tickets SET used_at = :at WHERE {_LIVE} RETURNING {_COLUMNS}"  # noqa: S608  # constants
)
_END: Final = Statement("""
    DELETE FROM tickets
    WHERE tenant = :tenant AND user_key = :user_key AND purpose = :purpose
""")
_ENDING: Final = purging.ending("tickets", "expires_at")


class SqlTickets:
    """The tickets of one tenant (port `Tickets`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def add(self, handle: Secret, ticket: Ticket) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(
                _ADD,
                hash=digest(handle),
                purpose=ticket.purpose,
                user_key=ticket.user_key,
                document=to_json(ticket.document),
                created_at=ms(ticket.created_at),
                expires_at=ms(ticket.expires_at),
            )

        await self._database.transact(work)

    async def find(self, handle: Secret, purpose: str, at: datetime) -> Ticket | None:
        row = await self._database.one(_FIND, hash=digest(handle), purpose=purpose, at=ms(at))
        return None if row is None else _ticket(row)

    async def use(self, handle: Secret, purpose: str, at: datetime) -> Ticket | None:
        return await self._database.transact(lambda tx: use_in(tx, handle, purpose, at))

    async def end(self, user_key: int, purpose: str) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_END, user_key=user_key, purpose=purpose)

        await self._database.transact(work)

    async def purge(self, before: datetime) -> int:
        return await purging.purge(self._database, _ENDING, ms(before) - 1)


async def use_in(tx: TenantTx, handle: Secret, purpose: str, at: datetime) -> Ticket | None:
    """Use a ticket together with what it is for."""
    row = await tx.one(_USE, hash=digest(handle), purpose=purpose, at=ms(at))
    return None if row is None else _ticket(row)


def _ticket(row: Row) -> Ticket:
    purpose, user_key, document, created, expires = row
    return Ticket(
        purpose=purpose,
        user_key=user_key,
        document=json_object(document),
        created_at=time(created),
        expires_at=time(expires),
    )
