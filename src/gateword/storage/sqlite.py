"""SQLite inside the event loop: reads at once, writes once a tick, the disk waited for elsewhere.

Rule 1: works run inside `_flush`, which never awaits; so none waits for anything else (R3).
Rule 2: what `transact` returned has been through one `COMMIT` with `synchronous=FULL`. A thread
waits for the disk; what is queued meanwhile shares the next commit. What need not survive a power
cut is committed at once, and synced with the next that must.
Rule 3: reads have a connection of their own, so they see committed rows only.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.committer import Checkpointer, Committer
from gateword.storage.engine import SEARCH_TIMEOUT_S, Dialect, Row, TakenError, Value, Work
from gateword.storage.sqlite_file import WAIT_FOR_LOCK_S, connect, primary_code
from gateword.storage.sqlite_search import Searchers
from gateword.storage.sqlite_work import Job, run_to_end
from gateword.storage.statement import Sql

T = TypeVar("T")

BLOCK_FOR_LOCK_MS: Final = 5
"""How long one look at the lock may hold up the event loop."""

LAST_RESORT_PAGES: Final = 16_000
"""Length of the log, in pages of 4 KiB, at which a commit folds it up itself."""

_AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""Result codes that say something of the disk or of other processes, not of our statement."""

_TAKEN: Final = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


class SqliteTx:
    """The open transaction; its coroutines never wait, so a flush can run them to their end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        row: Row | None = self._connection.execute(statement.text, params).fetchone()
        return row

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        return self._connection.execute(statement.text, params).fetchall()

    async def run(self, statement: Sql, /, **params: Value) -> int:
        return self._connection.execute(statement.text, params).rowcount


class SqliteDatabase:
    """A SQLite file in one event loop: one connection reads, another writes.

    Args:
        path: The file; its tables are there already.
        wait_for_lock_s: How long a write waits while another process writes.

    Attributes:
        commits: How many transactions were committed.
    """

    shares_commits = True
    dialect = Dialect.SQLITE

    def __init__(self, path: Path, *, wait_for_lock_s: float = WAIT_FOR_LOCK_S) -> None:
        try:
            self._connection, self._reader = connect(path), connect(path)
        except (OSError, sqlite3.Error) as error:
            raise _unreachable(error) from error
        self._connection.execute(f"PRAGMA busy_timeout = {BLOCK_FOR_LOCK_MS}")
        self._reader.execute("PRAGMA query_only = ON")
        self._tx = SqliteTx(self._connection)
        self._reads = SqliteTx(self._reader)
        # Its own folding is the last resort, for a log that the checkpointer never finds at rest.
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {LAST_RESORT_PAGES}")
        self._searchers = Searchers(path)
        self._committer = Committer(self._connection)
        self._checkpointer = Checkpointer(lambda: connect(path))
        self._committing: asyncio.Future[None] | None = None
        self._wait_for_lock_s = wait_for_lock_s
        self._jobs: list[Job] = []
        self._timer: asyncio.Handle | None = None
        self._waiting_since: float | None = None
        self._is_synced = True
        self.commits = 0

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        try:
            return await self._reads.one(statement, **params)
        except sqlite3.Error as error:
            raise _translated(error) from error

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        try:
            return await self._reads.all(statement, **params)
        except sqlite3.Error as error:
            raise _translated(error) from error

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        try:
            return await self._searchers.search(statement, timeout_s, params)
        except sqlite3.Error as error:
            raise _translated(error) from error

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.append(Job(work, done, durable))
        if self._timer is None and self._committing is None:
            if durable:
                self._timer = loop.call_soon(self._flush)
            else:
                self._flush()  # shares no wait for the disk, so it waits for nobody
        return await done

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        return await self.transact(lambda tx: tx.all(statement, **params))

    async def ping(self) -> None:
        await self.one(_PING)

    async def close(self) -> None:
        if self._committing is not None:
            await self._committing
        if self._timer is not None:
            self._timer.cancel()
            self._flush()
        if self._committing is not None:
            await self._committing
        if self._timer is not None:
            self._timer.cancel()
        for job in self._jobs:
            job.finish(Refused(Refusal.STORE_UNREACHABLE, "the database is being closed"))
        self._committer.stop()
        self._checkpointer.stop()
        await self._searchers.close()
        self._reader.close()
        self._connection.close()

    def _flush(self) -> None:
        """Do everything that was queued since the last tick, and have it committed."""
        self._timer = None
        jobs = [job for job in self._jobs if not job.done.cancelled()]
        self._jobs = []
        if not jobs:
            return
        durable = any(job.durable for job in jobs)
        try:
            self._sync(durable=durable)
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._not_begun(jobs, error)
            return
        self._waiting_since = None
        try:
            if len(jobs) == 1:
                outcomes = [self._attempt_alone(jobs[0].work)]
            else:
                outcomes = [self._attempt(job.work) for job in jobs]
        except sqlite3.Error as error:
            self._take_back(jobs, error)
            return
        if not self._connection.in_transaction:  # the only one failed, whatever it says itself
            (outcome,) = outcomes
            jobs[0].finish(outcome if isinstance(outcome, Exception) else _taken_back())
            return
        loop = asyncio.get_running_loop()
        self._committing = loop.create_future()
        if durable:
            self._committer.commit(lambda error: self._committed(jobs, outcomes, error))
        else:
            self._committed(jobs, outcomes, self._commit_without_disk())

    def _commit_without_disk(self) -> sqlite3.Error | None:
        """Commit what a power cut may lose: nothing waits for the disk, so no thread need."""
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            return error
        return None

    def _sync(self, *, durable: bool) -> None:
        """Say whether the next commit waits for the disk; it cannot be said inside of it."""
        if durable != self._is_synced:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._is_synced = durable

    def _committed(
        self, jobs: list[Job], outcomes: list[object], error: sqlite3.Error | None
    ) -> None:
        """Tell the waiters, and go on with what was queued while the disk was waited for."""
        if error is not None:
            self._take_back(jobs, error)
        else:
            self.commits += 1
            self._checkpointer.note()
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.finish(outcome)
        if self._committing is not None:
            self._committing.set_result(None)
            self._committing = None
        if self._jobs:
            self._timer = asyncio.get_running_loop().call_soon(self._flush)

    def _take_back(self, jobs: list[Job], error: sqlite3.Error) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        _fail(jobs, error)

    def _attempt(self, work: Work[Any]) -> object:
        """Do one work inside its savepoint; return its result or its exception.

        Raises:
            sqlite3.Error: SQLite has given up the whole transaction (disk full, I/O error).
        """
        self._connection.execute("SAVEPOINT work")
        outcome = self._outcome(work)
        if isinstance(outcome, Exception):
            self._connection.execute("ROLLBACK TO work")
        self._connection.execute("RELEASE work")
        return outcome

    def _attempt_alone(self, work: Work[Any]) -> object:
        """Do the only work of a transaction; a failure takes the transaction back.

        Raises:
            sqlite3.Error: As of `_attempt`.
        """
        outcome = self._outcome(work)
        if isinstance(outcome, Exception):
            self._connection.execute("ROLLBACK")
        return outcome

    def _outcome(self, work: Work[Any]) -> object:
        try:
            return run_to_end(work(self._tx))
        except sqlite3.Error as error:
            if not self._connection.in_transaction:
                raise
            return _translated(error)
        except Exception as error:  # noqa: BLE001  # it belongs to the caller who queued the work
            return error

    def _not_begun(self, jobs: list[Job], error: sqlite3.Error) -> None:
        """Try again a little later while another process writes; fail what waited too long."""
        loop = asyncio.get_running_loop()
        since = self._waiting_since = self._waiting_since or loop.time()
        if (
            primary_code(error) != sqlite3.SQLITE_BUSY
            or loop.time() - since > self._wait_for_lock_s
        ):
            self._waiting_since = None
            _fail(jobs, error)
            return
        self._jobs = jobs
        self._timer = loop.call_later(0.001 * (1 + secrets.randbelow(8)), self._flush)


_PING: Final = Sql("SELECT 1 FROM alembic_version")


def _fail(jobs: list[Job], error: sqlite3.Error) -> None:
    for job in jobs:
        job.finish(_translated(error))


def _translated(error: sqlite3.Error) -> Exception:
    if getattr(error, "sqlite_errorcode", None) in _TAKEN:
        return TakenError(str(error))
    return _unreachable(error) if primary_code(error) in _AWAY else error


def _taken_back() -> Refused:
    return _unreachable(sqlite3.OperationalError("the transaction was taken back"))


def _unreachable(error: Exception) -> Refused:
    return Refused(Refusal.STORE_UNREACHABLE, f"SQLite: {error}", retry_after_s=1)
