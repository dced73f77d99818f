"""Deletes what has ended, so that nobody notices: few rows a transaction, and a rest after each.

Rule 1: what goes is found by an index, and looked for before a transaction begins: where nothing
has ended nothing is written.
Rule 2: on SQLite the event loop itself deletes, and on both engines logins share the disk; so a
purge takes one part of the time and leaves four to everybody else, however much there is to do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from gateword.storage.engine import Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import dataclass

BATCH: Final = 100
"""Rows of one transaction; more only when so many ended in the same millisecond."""

REST: Final = 4.0
"""How many times as long as a batch took its purge rests."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Rows of a table that end.

    Attributes:
        bound: Says where the next batch stops; NULL when there is none.
        delete: Deletes the batch.
    """

    bound: Statement
    delete: Statement


def ending(table: str, end: str) -> Ending:
    """Return the statements for a table with an index on its tenant and this column.

    Two statements, because PostgreSQL plans a range well only when it knows where it stops.
    """
    ended = f"FROM {table} WHERE tenant = :tenant AND {end} <="
    return Ending(
        Statement(
            f"SELECT MAX({end}) FROM"  # noqa: S608  # names of ours
            f" (SELECT {end} {ended} :until ORDER BY {end} LIMIT :limit) AS batch"
        ),
        Statement(f"DELETE {ended} :bound"),
    )


def unindexed(table: str, name: str, end: str) -> Ending:
    """Return the statements for a table whose ends have no index, since they change too often.

    All its rows are looked through, in the order of their names.
    """
    rows = f"FROM {table} WHERE tenant = :tenant AND {name} > :after"
    return Ending(
        Statement(
            f"SELECT MAX({name}) FROM"  # noqa: S608  # names of ours
            f" (SELECT {name} {rows} ORDER BY {name} LIMIT :limit) AS batch"
        ),
        Statement(f"DELETE {rows} AND {name} <= :bound AND {end} <= :until"),
    )


async def purge(database: TenantDatabase, rows: Ending, until: int) -> int:
    """Delete rows that ended at a time or before it, in milliseconds; return how many."""

    async def batch(bound: int) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(rows.delete, bound=bound)

        return await database.transact(work)

    gone = 0
    while (bound := await _bound(database, rows, until=until)) is not None:
        gone += await rested(partial(batch, bound))
    return gone


async def look_through(database: TenantDatabase, rows: Ending, until: int) -> int:
    """Do the same with a table whose ends have no index."""

    async def batch(after: str, bound: str) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(rows.delete, after=after, bound=bound, until=until)

        return await database.transact(work)

    gone, after = 0, ""
    while (bound := await _bound(database, rows, after=after)) is not None:
        gone += await rested(partial(batch, after, bound))
        after = bound
    return gone


async def rested(work: Callable[[], Awaitable[int]]) -> int:
    """Do one batch, and return its number of rows after a rest."""
    clock = asyncio.get_running_loop().time
    began = clock()
    done = await work()
    await asyncio.sleep(REST * (clock() - began))
    return done


async def _bound(database: TenantDatabase, rows: Ending, **where: Value) -> Any:
    row = await database.one(rows.bound, limit=BATCH, **where)
    return None if row is None else row[0]
