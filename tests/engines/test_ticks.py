"""SQLite in the event loop: one commit a tick, and nothing open in between."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.engine import TakenError, Tx
from gateword.storage.sqlite import SqliteDatabase
from gateword.storage.statement import AcrossTenants, Sql

_TABLE = AcrossTenants("CREATE TABLE notes (text TEXT UNIQUE)")
_ADD = AcrossTenants("INSERT INTO notes (text) VALUES (:text)")
_ALL = AcrossTenants("SELECT text FROM notes ORDER BY rowid")


_LOOK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM notes").fetchall()
connection.close()
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database with one table of notes."""
    database = SqliteDatabase(tmp_path / "notes.db")
    await run(database, _TABLE)
    yield database
    await database.close()


async def run(database: SqliteDatabase, statement: Sql, **params: str) -> int:
    """Run one statement in a transaction of its own."""

    async def work(tx: Tx) -> int:
        return await tx.run(statement, **params)

    return await database.transact(work)


async def notes(database: SqliteDatabase) -> list[str]:
    """Return what is stored."""
    return [text for (text,) in await database.all(_ALL)]


async def test_writes_of_one_tick_share_one_commit(database: SqliteDatabase) -> None:
    """Fifty requests that write together pay for one sync of the disk."""
    before = database.commits

    await asyncio.gather(*(run(database, _ADD, text=str(n)) for n in range(50)))

    assert 1 == database.commits - before
    assert [str(n) for n in range(50)] == await notes(database)


async def test_writes_while_the_disk_is_waited_for_share_the_next_commit(
    database: SqliteDatabase,
) -> None:
    """The loop goes on during a sync, and what comes meanwhile needs one more, not one each."""
    before = database.commits
    first = asyncio.create_task(run(database, _ADD, text="first"))
    await asyncio.sleep(0)  # the first is queued
    await asyncio.sleep(0)  # the first is being committed
    rest = [asyncio.create_task(run(database, _ADD, text=str(n))) for n in range(20)]

    await asyncio.gather(first, *rest)

    assert 2 == database.commits - before
    assert ["first", *(str(n) for n in range(20))] == await notes(database)


async def test_close_waits_for_what_was_asked(tmp_path: Path) -> None:
    """Promise D8: a write under way when the server stops is finished and acknowledged."""
    database = SqliteDatabase(tmp_path / "closing.db")
    await run(database, _TABLE)
    under_way = asyncio.create_task(run(database, _ADD, text="under way"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    queued = asyncio.create_task(run(database, _ADD, text="queued"))
    await asyncio.sleep(0)

    await database.close()

    assert [1, 1] == [await under_way, await queued]


async def test_log_stays_when_another_process_opens_and_closes_the_file(
    database: SqliteDatabase,
) -> None:
    """SQLite's locks hold for as long as we are open: nobody folds up the log beneath us."""
    path = await path_of(database)
    await run(database, _ADD, text="a")
    again = SqliteDatabase(Path(path))
    log = Path(f"{path}-wal")
    before = log.stat().st_ino

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _LOOK, path)
    assert 0 == await process.wait()
    await run(again, _ADD, text="b")
    await again.close()

    assert before == log.stat().st_ino
    with closing(sqlite3.connect(path)) as other:
        assert [("a",), ("b",)] == other.execute("SELECT text FROM notes").fetchall()


async def test_log_is_folded_up_beside_the_commits(database: SqliteDatabase) -> None:
    """Committed pages reach the database file without a commit that waits for it."""
    path = Path(await path_of(database))
    before = path.stat().st_size
    await run(database, _ADD, text="x" * 100_000)

    async with asyncio.timeout(20):
        while path.stat().st_size < before + 100_000:
            await asyncio.sleep(0.05)

    assert ["x" * 100_000] == await notes(database)


async def test_failed_work_takes_back_only_its_own_changes(database: SqliteDatabase) -> None:
    """Who fails hears of it; the others of the tick are committed."""

    async def fail(tx: Tx) -> None:
        await tx.run(_ADD, text="taken back")
        raise ValueError("no")

    outcomes = await asyncio.gather(
        run(database, _ADD, text="a"),
        database.transact(fail),
        run(database, _ADD, text="a"),
        run(database, _ADD, text="b"),
        return_exceptions=True,
    )

    assert [int, ValueError, TakenError, int] == [type(each) for each in outcomes]
    assert ["a", "b"] == await notes(database)


async def test_work_that_waits_is_refused_and_taken_back(database: SqliteDatabase) -> None:
    """Rule R3: no transaction is open while anything but the database is awaited."""

    async def wait(tx: Tx) -> None:
        await tx.run(_ADD, text="before")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited for something"):
        await database.transact(wait)
    assert [] == await notes(database)


async def test_waiter_that_left_before_the_tick_writes_nothing(database: SqliteDatabase) -> None:
    """A cancelled request does not do its work, and does not disturb the others."""
    left = asyncio.create_task(run(database, _ADD, text="left"))
    stayed = asyncio.create_task(run(database, _ADD, text="stayed"))
    asyncio.get_running_loop().call_soon(left.cancel)

    await asyncio.wait([left, stayed])

    assert left.cancelled()
    assert ["stayed"] == await notes(database)


async def test_reader_sees_what_was_acknowledged(database: SqliteDatabase) -> None:
    """A write that returned is visible to everybody at once."""
    with closing(sqlite3.connect(await path_of(database))) as other:
        await run(database, _ADD, text="a")

        assert [("a",)] == other.execute("SELECT text FROM notes").fetchall()


async def test_write_waits_for_another_process_without_stopping_the_loop(
    database: SqliteDatabase,
) -> None:
    """While another process holds the write lock, reads are answered; then the write goes on."""
    with closing(sqlite3.connect(await path_of(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO notes VALUES ('theirs')")
        ours = asyncio.create_task(run(database, _ADD, text="ours"))
        reads = [await notes_after_a_tick(database) for _ in range(5)]
        waiting = not ours.done()
        other.execute("COMMIT")
        await ours

    assert waiting
    assert [[]] * 5 == reads
    assert ["theirs", "ours"] == await notes(database)


async def test_write_when_the_lock_is_never_free_is_refused(
    database: SqliteDatabase,
) -> None:
    """Promise D2: a database that cannot be written to is a 503 with Retry-After."""
    path = await path_of(database)
    impatient = SqliteDatabase(Path(path), wait_for_lock_s=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Refused) as refused:
            await run(impatient, _ADD, text="never")
    await impatient.close()

    assert (Refusal.STORE_UNREACHABLE, 1) == (
        refused.value.refusal,
        refused.value.retry_after_s,
    )


async def test_write_when_the_disk_is_full_is_refused_and_reads_go_on(
    database: SqliteDatabase,
) -> None:
    """Promise D6: a full disk stops writing, nothing else, and nothing is half written."""
    await run(database, _ADD, text="before")
    await run_pragma(database, "PRAGMA max_page_count = 4")

    outcomes = await asyncio.gather(
        run(database, _ADD, text="x" * 100_000),
        run(database, _ADD, text="y" * 100_000),
        return_exceptions=True,
    )

    assert [Refused, Refused] == [type(outcome) for outcome in outcomes]
    assert ["before"] == await notes(database)


async def test_close_finishes_what_was_queued(tmp_path: Path) -> None:
    """A graceful stop loses no write that a request waits for."""
    database = SqliteDatabase(tmp_path / "notes.db")
    await run(database, _TABLE)
    queued = asyncio.create_task(run(database, _ADD, text="queued"))
    await asyncio.sleep(0)

    await database.close()

    assert 1 == await queued


async def test_settings_hold_on_our_connection(database: SqliteDatabase) -> None:
    """Promise D1: WAL, FULL and foreign keys, or what was acknowledged may be lost."""
    settings = [
        (await database.one(AcrossTenants(f"PRAGMA {name}")))
        for name in ("journal_mode", "synchronous", "foreign_keys")
    ]

    assert [("wal",), (2,), (1,)] == settings


async def test_database_file_is_its_owners_only(database: SqliteDatabase) -> None:
    """Hashes of passwords are nobody else's business, nor is the log of writes."""
    path = Path(await path_of(database))

    assert [0o600] * 2 == [
        file.stat().st_mode & 0o777 for file in (path, path.with_name(f"{path.name}-wal"))
    ]


async def path_of(database: SqliteDatabase) -> str:
    """Return the file of a database."""
    row = await database.one(AcrossTenants("SELECT file FROM pragma_database_list"))
    assert row is not None
    return str(row[0])


async def notes_after_a_tick(database: SqliteDatabase) -> list[str]:
    """Let the loop turn once, then read."""
    await asyncio.sleep(0)
    return await notes(database)


async def run_pragma(database: SqliteDatabase, pragma: str) -> None:
    """Change a setting of the connection that writes."""

    async def work(tx: Tx) -> None:
        await tx.all(AcrossTenants(pragma))

    await database.transact(work)
