"""The thread that folds SQLite's log into the file."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateword.storage.committer import Checkpointer
from gateword.storage.sqlite_file import connect

LOOK_AGAIN_S = 0.01
FOLDED_S = 10


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """A file whose last change is in its log."""
    path = tmp_path / "gateword.db"
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE kept (number INTEGER)")
        connection.execute("INSERT INTO kept VALUES (7)")
        yield path


def test_log_is_folded_though_the_file_could_not_be_opened_at_first(written: Path) -> None:
    """A moment without a free file, or without room, does not let the log grow for ever."""
    faults = iter([OSError("too many open files"), sqlite3.OperationalError("disk I/O error")])

    def opened() -> sqlite3.Connection:
        for fault in faults:
            raise fault
        return connect(written)

    before = written.stat().st_size
    checkpointer = Checkpointer(opened, every_s=LOOK_AGAIN_S)
    checkpointer.note()
    give_up_s = time.monotonic() + FOLDED_S
    while written.stat().st_size == before and time.monotonic() < give_up_s:
        time.sleep(LOOK_AGAIN_S)
    checkpointer.stop()

    assert before < written.stat().st_size
