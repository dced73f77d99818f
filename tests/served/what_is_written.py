"""Everything that a server writes, to be searched for what must not be in it."""

import json
import sqlite3
from typing import Final

import psycopg
from psycopg import sql

from gateword.settings import DATABASE_FILE
from tests.support.served import Served

LOG_ROWS: Final = 500


def database(served: Served, database_url: str) -> bytes:
    """Return all that a database holds: its files, or every row of a server's tables."""
    return _postgres_dump(database_url) if database_url else _sqlite_files(served)


def tenant_log(served: Served, tenant: str = "default") -> str:
    """Return the log of a tenant as the command prints it."""
    return served.gateword("logs", "--tenant", tenant, "-n", str(LOG_ROWS), "--json")


def is_written(secret: str, written: bytes) -> bool:
    """Say whether a secret is there as text, in JSON's escapes, or in hex."""
    forms = (secret.encode(), json.dumps(secret)[1:-1].encode(), secret.encode().hex().encode())
    return any(form in written for form in forms)


def _sqlite_files(served: Served) -> bytes:
    """Return the database file and its log as they lie on the disk, while the server runs."""
    files = sorted(served.data.glob(f"{DATABASE_FILE}*"))
    assert f"{DATABASE_FILE}-wal" in {path.name for path in files}
    with sqlite3.connect(served.data / DATABASE_FILE) as connection:
        rows = "\n".join(connection.iterdump())
    connection.close()
    return b"".join(path.read_bytes() for path in files) + rows.encode()


def _postgres_dump(url: str) -> bytes:
    """Return every row of every table, bytes both in hex and as they are."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        rows = [
            value
            for (table,) in tables
            for row in connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
            ).fetchall()
            for value in row
        ]
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in rows)
