"""A PostgreSQL that lives and does not commit: a stalled disk, a standby that is missed."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import psycopg
import pytest

from gateword.domain.refused import Refused
from gateword.storage.engine import Tx
from gateword.storage.patience import STOOD_STILL_S, Waits
from gateword.storage.postgres import CONNECTIONS, PostgresDatabase, open_postgres
from gateword.storage.statement import AcrossTenants

ANSWER_S: Final = 0.3
NEVER_S: Final = 60.0
_HOLDER: Final = "holder"
_NOTE: Final = AcrossTenants("INSERT INTO notes VALUES (1)")
_CALL: Final = AcrossTenants("INSERT INTO notes VALUES (1) RETURNING n")
_NAP: Final = AcrossTenants("SELECT pg_sleep(0.2)")
_SLOW_TO_COMMIT: Final = (
    "CREATE TABLE notes (n int)",
    """
    CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_here()
    """,
)
"""What a commit does beyond its statements is bounded by no time-out of the server."""


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database of its own, in which commits can be held up."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for statement in _SLOW_TO_COMMIT:
            connection.execute(statement)
    return postgres_url


@contextmanager
def held_up(url: str) -> Iterator[psycopg.Connection]:
    """Let no commit through."""
    with psycopg.connect(url, autocommit=True, application_name=_HOLDER) as connection:
        connection.execute("SELECT pg_advisory_lock(7)")
        yield connection


@asynccontextmanager
async def opened(url: str, waits: Waits) -> AsyncIterator[PostgresDatabase]:
    """Open the database and close it."""
    database = await open_postgres(url, waits)
    try:
        yield database
    finally:
        await database.close()


async def note(tx: Tx) -> None:
    """Write something."""
    await tx.run(_NOTE)


async def refused(database: PostgresDatabase, number: int) -> int:
    """Write so many times at once, one way and the other; return how many were refused."""
    asks = (database.call(_CALL) if n % 2 else database.transact(note) for n in range(number))
    outcomes = await asyncio.gather(*asks, return_exceptions=True)
    return sum(isinstance(one, Refused) for one in outcomes)


def sessions(holder: psycopg.Connection) -> set[int]:
    """Return who is connected, but for us."""
    rows = holder.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return {pid for (pid,) in rows}


def notes(url: str) -> int:
    """Return how much was written."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM notes").fetchone()
        assert row is not None
        return int(row[0])


async def test_commit_that_is_late_is_refused_and_keeps_its_connection(url: str) -> None:
    """Who asked does not wait for it; when it came through, the connection goes on."""
    async with opened(url, Waits(ANSWER_S, NEVER_S)) as database:
        with held_up(url) as holder:
            told = await refused(database, CONNECTIONS + 1)
            kept = sessions(holder)
        after = await refused(database, CONNECTIONS)
        with held_up(url) as holder:
            now = sessions(holder)

    assert (CONNECTIONS + 1, 0) == (told, after)
    assert CONNECTIONS == len(kept)
    assert kept == now
    assert 2 * CONNECTIONS == notes(url)


async def test_commits_that_never_end_use_up_no_more_than_twice_the_pool(url: str) -> None:
    """What was given up waits on at the server, so only so many are given up."""
    async with opened(url, Waits(ANSWER_S, ANSWER_S)) as database:
        with held_up(url) as holder:
            told = await refused(database, 3 * CONNECTIONS)
            most = len(sessions(holder))
        after = await refused(database, CONNECTIONS)

    assert (3 * CONNECTIONS, 0) == (told, after)
    assert 2 * CONNECTIONS >= most


async def test_commit_is_done_when_who_asked_leaves_meanwhile(url: str) -> None:
    """It is not taken back, and its connection returns when the server has answered."""
    async with opened(url, Waits(NEVER_S, NEVER_S)) as database:
        with held_up(url) as holder:
            asked = asyncio.create_task(database.transact(note))
            while not holder.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                await asyncio.sleep(0.01)
            before = sessions(holder)
            asked.cancel()
            await asyncio.wait({asked})
        after = await refused(database, 1)
        with held_up(url) as holder:
            now = sessions(holder)

    assert 0 == after
    assert before <= now
    assert 2 == notes(url)


async def test_database_closes_while_commits_are_late(url: str) -> None:
    """A server that stops gives them up: it could not tell anybody of them."""
    with held_up(url):
        database = await open_postgres(url, Waits(ANSWER_S, NEVER_S))
        told = await refused(database, 1)
        await asyncio.wait_for(database.close(), NEVER_S / 2)

    assert 1 == told


async def test_process_that_stood_still_breaks_no_connection(url: str) -> None:
    """After a pause of our own the answers are there, and have only not been read."""

    async def naps(tx: Tx) -> bool:
        await tx.one(_NAP)
        return await tx.one(_NAP) is not None

    async with opened(url, Waits(ANSWER_S, NEVER_S)) as database:
        asked = asyncio.create_task(database.transact(naps))
        await asyncio.sleep(0.1)
        time.sleep(ANSWER_S + 2 * STOOD_STILL_S)  # noqa: ASYNC251  # the whole process stands

        assert await asked
