"""PostgreSQL through a pool of psycopg connections.

Rule: one `transact` is one transaction on one connection, at READ COMMITTED; who decides on a row
that others may change reads it with a locking statement first. What lost against another
transaction (deadlock) is done again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg_pool import AsyncConnectionPool

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.engine import SEARCH_TIMEOUT_S, Dialect, Row, TakenError, Value, Work
from gateword.storage.late_commits import LateCommits
from gateword.storage.looks import within_look
from gateword.storage.patience import Patience, Waits
from gateword.storage.statement import AcrossTenants, Sql

T = TypeVar("T")

CONNECTIONS: Final = 10
"""Connections of one worker process."""

WAIT_FOR_CONNECTION_S: Final = 2.0
"""How long a request waits for a free connection, or for a new one."""

SEARCHES: Final = 3
"""Connections that searches may hold at once: logins need the others."""

STATEMENT_MS: Final = 5000
"""How long one statement may take, the wait for a lock included."""

_TRIES: Final = 3
_SETTINGS: Final = (
    "SELECT set_config('statement_timeout', %(ms)s, false),"
    " set_config('idle_in_transaction_session_timeout', %(ms)s, false),"
    # What a lock lets through must see what was written while it waited.
    " set_config('default_transaction_isolation', 'read committed', false)"
)
_READ_WITHIN: Final = (
    "SELECT set_config('statement_timeout', %(ms)s, true),"
    " set_config('transaction_read_only', 'on', true)"
)
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_CHECK_DURABLE: Final = AcrossTenants(
    "SELECT name FROM pg_settings WHERE setting = 'off'"
    " AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name"
)
_PING: Final = AcrossTenants("SELECT 1 FROM alembic_version")
_BEGIN: Final = "BEGIN"
_BEGIN_UNSYNCED: Final = "BEGIN; SET LOCAL synchronous_commit = off"
_AWAY: Final = (
    psycopg.OperationalError,  # also: no connection in time, statement took too long, disk full
    psycopg.InterfaceError,  # the connection broke under us
    errors.ReadOnlySqlTransaction,  # we are connected to a standby
    errors.IdleInTransactionSessionTimeout,  # it stood still before it read our next statement
)
_WAITS: Final = Waits()
_LOST_A_RACE: Final = (errors.DeadlockDetected, errors.SerializationFailure)

_Connection: TypeAlias = AsyncConnection[Row]
_log: Final = logging.getLogger(__name__)


async def open_postgres(url: str, waits: Waits = _WAITS) -> "PostgresDatabase":
    """Connect to a database; warn when its settings do not keep what they acknowledge.

    Raises:
        Refused: STORE_UNREACHABLE.
    """
    pool: AsyncConnectionPool[_Connection] = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=WAIT_FOR_CONNECTION_S,
        reconnect_timeout=WAIT_FOR_CONNECTION_S,
        configure=_configure,
        kwargs={"autocommit": True, "connect_timeout": int(WAIT_FOR_CONNECTION_S)},
        open=False,
    )
    database = PostgresDatabase(pool, waits)
    try:
        await pool.open(wait=True, timeout=WAIT_FOR_CONNECTION_S)
        off = [name for (name,) in await database.all(_CHECK_DURABLE)]
    except (Refused, *_AWAY) as error:
        await pool.close()
        raise _unreachable(error) from error
    if off:
        _log.warning("PostgreSQL may lose what it has acknowledged", extra={"settings_off": off})
    return database


class PostgresTx:
    """A connection, with or without an open transaction.

    Attributes:
        ending: What `committed` waits for, or waited for in vain.
    """

    def __init__(self, connection: _Connection, patience: Patience) -> None:
        self.connection = connection
        self.ending: asyncio.Task[Any] | None = None
        self._patience = patience

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        return await (await self._executed(statement, params)).fetchone()

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        return await (await self._executed(statement, params)).fetchall()

    async def run(self, statement: Sql, /, **params: Value) -> int:
        return (await self._executed(statement, params)).rowcount

    async def committed(self, saying: Coroutine[Any, Any, T]) -> T:
        """Wait for what ends in a commit, but no longer than for any other answer.

        Raises:
            psycopg.OperationalError: It goes on, and whether it will be done is not known.
        """
        ending = asyncio.create_task(saying)
        self.ending = ending
        both: set[asyncio.Future[Any]] = {ending, self._patience.spare()}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            raise psycopg.OperationalError("no answer to a commit: nobody knows if it was done")
        return ending.result()

    async def _executed(self, statement: Sql, params: Mapping[str, Value]) -> AsyncCursor[Row]:
        self._patience.renew()
        cursor = await self.connection.execute(statement.pyformat, params)
        self._patience.renew()
        return cursor


class PostgresDatabase:
    """A PostgreSQL database behind a pool; see the port `Database`."""

    shares_commits = False
    dialect = Dialect.POSTGRES

    def __init__(self, pool: AsyncConnectionPool[_Connection], waits: Waits) -> None:
        self._pool = pool
        self._waits = waits
        self._late = LateCommits(CONNECTIONS, waits.commit_s)
        self._searches = asyncio.Semaphore(SEARCHES)

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        async with self._connected() as tx:
            return await tx.one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        async with self._connected() as tx:
            return await tx.all(statement, **params)

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        async with self._turn(timeout_s), self._connected() as tx, tx.connection.transaction():
            await tx.connection.execute(_READ_WITHIN, {"ms": str(int(timeout_s * 1000))})
            try:
                return await tx.all(statement, **params)
            except errors.QueryCanceled:
                raise Refused(ManagementRefusal.SEARCH_TOO_SLOW) from None

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        return await _again(partial(self._try, work, durable=durable))

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        return await _again(partial(self._call, statement, **params))

    async def ping(self) -> None:
        await within_look(self.one(_PING))

    async def close(self) -> None:
        await self._late.close()
        await self._pool.close()

    async def _call(self, statement: Sql, /, **params: Value) -> list[Row]:
        async with self._connected() as tx:
            return await tx.committed(tx.all(statement, **params))

    async def _try(self, work: Work[T], *, durable: bool) -> T:
        async with self._connected() as tx:
            # After an exception the pool rolls back. It commits as well, but says nothing when the
            # connection is gone by then.
            await tx.connection.execute(_BEGIN if durable else _BEGIN_UNSYNCED, prepare=False)
            came = await work(tx)
            await tx.committed(tx.connection.commit())
            return came

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[None]:
        """Let a search begin when there are not too many already."""
        try:
            await asyncio.wait_for(self._searches.acquire(), timeout_s)
        except TimeoutError:
            raise Refused(ManagementRefusal.SEARCH_TOO_SLOW) from None
        try:
            yield
        finally:
            self._searches.release()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[PostgresTx]:
        patience: Patience | None = None
        try:
            async with AsyncExitStack() as held:
                connection = await held.enter_async_context(self._pool.connection())
                patience = Patience(connection, self._waits.answer_s)
                tx = PostgresTx(connection, patience)
                try:
                    yield tx
                finally:
                    patience.end()
                    if tx.ending is not None and not tx.ending.done():
                        self._late.keep(tx.ending, connection, held.pop_all())
        except _LOST_A_RACE:
            raise
        except errors.UniqueViolation as error:
            raise TakenError(str(error)) from error
        except _AWAY as error:
            # Others of the pool may be as broken; those that are go now, not one request each.
            if patience is not None and patience.is_over:
                await self._pool.drain()
            elif isinstance(error, psycopg.InterfaceError | errors.AdminShutdown):
                await self._pool.check()
            raise _unreachable(error) from error


async def _again(tried: Callable[[], Awaitable[T]]) -> T:
    """Try something a few times while it loses against other transactions."""
    for _ in range(_TRIES - 1):
        try:
            return await tried()
        except _LOST_A_RACE:
            continue
    try:
        return await tried()
    except _LOST_A_RACE as error:
        raise _unreachable(error) from error


async def _configure(connection: _Connection) -> None:
    patience = Patience(connection, _WAITS.answer_s)
    try:
        await connection.execute(_SETTINGS, {"ms": str(STATEMENT_MS)})
    finally:
        patience.end()


def _unreachable(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    return Refused(
        Refusal.STORE_UNREACHABLE, f"PostgreSQL: {type(error).__name__}: {error}", retry_after_s=1
    )
