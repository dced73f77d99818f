"""Deletes families of refresh tokens that nobody can ask for any more.

Nothing says in one column when a family ends: it is revoked, or its time is over, or its last token
lay idle. A column that did would be written, with its index, at every refresh. So families are
looked through, slice by slice of the index of their client, on the connection that reads.
"""

from collections.abc import Mapping
from typing import Final

from gateword.storage import purging
from gateword.storage.engine import Dialect
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Looks:
    """What is asked about families.

    Attributes:
        slice: Which of the next families of a client are over.
        delete: Deletes one that still is.
    """

    slice: Statement
    delete: Statement


def _looks(order: str) -> Looks:
    """Return what is asked when the tokens of a family are looked at in this order."""
    # `LIMIT` keeps PostgreSQL from reading all tokens there are to answer for a few families.
    over = f"""
        (
            revoked_at < :before OR expires_at < :before
            OR (
                SELECT 1 FROM refresh_tokens AS token
                WHERE token.family_key = refresh_families.key
                    AND (token.idle_expires_at IS NULL OR token.idle_expires_at >= :before)
                {order} LIMIT 1
            ) IS NULL
        )
        AND (
            SELECT 1 FROM access_tokens
            WHERE access_tokens.family_key = refresh_families.key LIMIT 1
        ) IS NULL
    """  # noqa: S608  # a constant
    return Looks(
        slice=Statement(f"""
            SELECT key, CASE WHEN {over} THEN 1 ELSE 0 END FROM refresh_families
            WHERE tenant = :tenant AND client_id = :client_id AND key > :after
            ORDER BY client_id, key LIMIT :limit
        """),  # noqa: S608  # a constant
        delete=Statement(f"""
            DELETE FROM refresh_families WHERE tenant = :tenant AND key = :key AND {over}
        """),  # noqa: S608  # a constant
    )


# Used tokens stay as long as their family, and lie idle by and by; the newest tells at once that it
# lives. SQLite has them in this order. PostgreSQL has not: asked for it, it walks all tokens of all
# families backwards, or sorts; without an order it stops at the first that is not idle.
LOOKS: Final[Mapping[Dialect, Looks]] = {
    Dialect.SQLITE: _looks("ORDER BY token.key DESC"),
    Dialect.POSTGRES: _looks(""),
}
NEXT_CLIENT: Final = Statement("""
    SELECT client_id FROM refresh_families WHERE tenant = :tenant AND client_id > :client_id
    ORDER BY client_id LIMIT 1
""")


async def purge(database: TenantDatabase, before: int) -> int:
    """Delete families that ended before a time, in milliseconds, with all their tokens.

    A family whose access tokens are still kept stays: they must be found to be called revoked.
    """
    gone, client_id = 0, ""
    while (row := await database.one(NEXT_CLIENT, client_id=client_id)) is not None:
        client_id = row[0]
        gone += await _purge_client(database, client_id, before)
    return gone


async def _purge_client(database: TenantDatabase, client_id: str, before: int) -> int:
    gone = 0
    after: int | None = -1

    async def of_slice() -> int:
        nonlocal after
        rows = await database.all(
            LOOKS[database.dialect].slice,
            client_id=client_id,
            after=after,
            before=before,
            limit=purging.BATCH,
        )
        after = rows[-1][0] if len(rows) == purging.BATCH else None
        return await _delete(database, [key for key, is_over in rows if is_over], before)

    while after is not None:
        gone += await purging.rested(of_slice)
    return gone


async def _delete(database: TenantDatabase, keys: list[int], before: int) -> int:
    if not keys:
        return 0

    delete = LOOKS[database.dialect].delete

    async def work(tx: TenantTx) -> int:
        return sum([await tx.run(delete, key=key, before=before) for key in keys])

    return await database.transact(work)
