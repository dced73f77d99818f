"""What need not survive a power cut waits for no disk, and takes nothing from what must."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateword.storage.engine import Tx
from gateword.storage.migrate import upgrade
from gateword.storage.sqlite import SqliteDatabase
from gateword.storage.statement import AcrossTenants

_NOTE = AcrossTenants("UPDATE alembic_version SET version_num = version_num")
_SYNCHRONOUS = AcrossTenants("PRAGMA synchronous")
NORMAL, FULL = 1, 2
SAID = (True, False, False, True, False)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database with its tables."""
    upgrade(f"sqlite:///{tmp_path / 'a.sqlite3'}", data_dir=tmp_path)
    opened = SqliteDatabase(tmp_path / "a.sqlite3")
    yield opened
    await opened.close()


async def synchronous(tx: Tx) -> int:
    """Write, and return what the commit of this transaction waits for."""
    await tx.run(_NOTE)
    row = await tx.one(_SYNCHRONOUS)
    return int(row[0]) if row is not None else -1


async def test_commit_waits_for_the_disk_unless_it_need_not(database: SqliteDatabase) -> None:
    """D1: whatever is not said to be a lease is synced, also after one that was."""
    waits = [await database.transact(synchronous, durable=durable) for durable in SAID]

    assert [FULL, NORMAL, NORMAL, FULL, NORMAL] == waits


async def test_unsynced_write_is_seen_by_others_at_once(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    """Another process sees a lease before the password is looked at."""
    other = SqliteDatabase(tmp_path / "a.sqlite3")
    before = database.commits

    async def mark(tx: Tx) -> None:
        await tx.run(AcrossTenants("UPDATE alembic_version SET version_num = 'seen'"))

    await database.transact(mark, durable=False)
    row = await other.one(AcrossTenants("SELECT version_num FROM alembic_version"))
    await other.close()

    assert ("seen",) == row
    assert before + 1 == database.commits


async def test_fault_of_an_unsynced_write_reaches_its_caller(database: SqliteDatabase) -> None:
    """It is taken back, and the next write is synced as ever."""

    async def fails(tx: Tx) -> None:
        await tx.run(_NOTE)
        raise LookupError("of the work")

    with pytest.raises(LookupError, match="of the work"):
        await database.transact(fails, durable=False)

    assert FULL == await database.transact(synchronous)
