"""The tables of a SQLite file: their version, their first making, their migration."""

import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

from gateword.storage import sqlite_statistics
from gateword.storage.sqlite_file import connect


class SqliteTables:
    """The tables of a SQLite file; every change is one transaction under the write lock.

    Args:
        path: The file; made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def version(self) -> str | None:
        if not self._path.exists():
            return None
        with closing(connect(self._path)) as connection:
            return _version(connection)

    def install(self, statements: list[str]) -> str | None:
        with closing(connect(self._path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = _version(connection)
            if found is None:
                for statement in statements:
                    connection.execute(statement)
                sqlite_statistics.state(connection)
            connection.execute("COMMIT")
            return found

    def move(self, version: str) -> None:
        alembic = import_module("gateword.storage.migrations.run")  # costs a second and 30 MB
        alembic.move_sqlite(connect(self._path), version)


def _version(connection: sqlite3.Connection) -> str | None:
    table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(table).fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "base" if row is None else str(row[0])
