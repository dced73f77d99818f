"""Counts durable commits from outside the server."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

_WAL_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24
_PAGE_SIZE_AT: Final = 8
_SALTS_AT: Final = slice(16, 24)
_FRAME_SALTS_AT: Final = slice(8, 16)
_SIZE_AFTER_COMMIT_AT: Final = 4
_XID: Final = "SELECT pg_current_xact_id()::text::bigint"


class Counter(Protocol):
    """Something that knows how many commits there were since it began."""

    def commits(self) -> int:
        """Return the commits so far."""
        ...


@contextmanager
def counting(database_url: str, file: Path) -> Iterator[Counter]:
    """Count the commits of other processes.

    Args:
        database_url: A PostgreSQL URL; empty for SQLite.
        file: The SQLite file.
    """
    counter = _Postgres(database_url) if database_url else _Sqlite(file)
    try:
        yield counter
    finally:
        counter.close()


class _Sqlite:
    """Counts commit frames of the write-ahead log.

    An open read transaction keeps the log from starting over, so that it only grows meanwhile.
    """

    def __init__(self, file: Path) -> None:
        self._wal = file.with_name(f"{file.name}-wal")
        self._reader = sqlite3.connect(file, isolation_level=None)
        self._reader.execute("BEGIN")
        self._reader.execute("SELECT count(*) FROM tenants").fetchone()
        self._salts, self._before = self._frames()

    def commits(self) -> int:
        salts, frames = self._frames()
        # The log can start over once, when all of it was in the file as we began to read.
        return frames - self._before if salts == self._salts else frames

    def close(self) -> None:
        self._reader.close()

    def _frames(self) -> tuple[bytes, int]:
        """Return the log's salts, and how many of its frames end a transaction.

        Source: SQLite's "Database File Format", §4 on the write-ahead log.
        """
        log = self._wal.read_bytes()
        if len(log) < _WAL_HEADER_BYTES:
            return b"", 0
        (page_bytes,) = struct.unpack_from(">I", log, _PAGE_SIZE_AT)
        salts = log[_SALTS_AT]
        step, found = _FRAME_HEADER_BYTES + page_bytes, 0
        for at in range(_WAL_HEADER_BYTES, len(log) - step + 1, step):
            if (
                log[at + _FRAME_SALTS_AT.start : at + _FRAME_SALTS_AT.stop] != salts
            ):  # left from before the log started over
                break
            (size_after_commit,) = struct.unpack_from(">I", log, at + _SIZE_AFTER_COMMIT_AT)
            found += size_after_commit > 0
        return salts, found


class _Postgres:
    """Counts transactions that wrote: only those are given a number."""

    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415  the driver is wanted for this engine only

        self._connection = psycopg.connect(url, autocommit=True)
        self._before = self._number()

    def commits(self) -> int:
        return self._number() - self._before - 1  # asking took a number itself

    def close(self) -> None:
        self._connection.close()

    def _number(self) -> int:
        row = self._connection.execute(_XID).fetchone()
        return 0 if row is None else int(row[0])
