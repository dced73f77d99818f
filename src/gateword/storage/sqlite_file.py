"""Opening a SQLite file the one way all of ours are opened."""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Final

WAIT_FOR_LOCK_S: Final = 5.0
"""How long writing waits by default while another process writes."""

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection with the settings every connection of ours has.

    A new file is readable by its owner only; SQLite gives its companions the same mode.
    """
    _make(path)
    connection = sqlite3.connect(
        path,
        timeout=WAIT_FOR_LOCK_S,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=False,  # the committer's thread takes its turn
    )
    _use_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _make(path: Path) -> None:
    """Create the file if there is none, and never open one that is there.

    Closing any descriptor of a file takes away all locks this process holds on it (POSIX), and
    with them SQLite's: another process would then fold up the log under an open connection.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _use_wal(connection: sqlite3.Connection) -> None:
    """Keep the file with a write-ahead log; several processes may meet at its first opening.

    SQLite does not wait for the lock of this one change, whatever the time-out says.
    """
    end_s = time.monotonic() + WAIT_FOR_LOCK_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end_s:
                raise
            time.sleep(0.005)
        else:
            return


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary result code; -1 when the error is Python's own."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else -1
