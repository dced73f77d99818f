"""The tables of a PostgreSQL database: their version, their first making, their migration."""

from importlib import import_module
from typing import Final, TypeAlias

import psycopg

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused

_Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]

_LOCK: Final = "SELECT pg_advisory_lock(444137200119)"
"""Any number will do, as long as every Gateword takes the same."""

_CONNECT_S: Final = 5
_TRIES: Final = 10


class PostgresTables:
    """The tables of a PostgreSQL database; every change is one transaction under a lock.

    Args:
        url: `postgresql://…`
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def version(self) -> str | None:
        with self._connect() as connection:
            return _version(connection)

    def install(self, statements: list[str]) -> str | None:
        with self._connect() as connection:
            connection.execute(_LOCK)
            with connection.transaction():
                found = _version(connection)
                if found is None:
                    for statement in statements:
                        connection.execute(statement)
            return found

    def move(self, version: str) -> None:
        for _ in range(_TRIES - 1):
            try:
                self._move(version)
            except psycopg.errors.DeadlockDetected:  # servers of the release before go on
                continue
            return
        self._move(version)

    def _move(self, version: str) -> None:
        alembic = import_module("gateword.storage.migrations.run")  # costs a second and 30 MB
        with self._connect() as connection:
            connection.execute(_LOCK)
            alembic.move_postgres(connection, version)

    def _connect(self) -> _Connection:
        try:
            return psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_S)
        except psycopg.OperationalError as error:
            detail = f"PostgreSQL: {error}"
            raise Refused(Refusal.STORE_UNREACHABLE, detail, retry_after_s=1) from error


def _version(connection: _Connection) -> str | None:
    exists = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if exists is None or exists[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "base" if row is None else str(row[0])
