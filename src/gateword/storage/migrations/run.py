"""Runs Alembic; the only module of the server that imports it, and only when tables must change."""

import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import Connection
from psycopg.errors import DeadlockDetected
from sqlalchemy.pool import StaticPool

from gateword.storage import sqlite_statistics

_HERE: Final = Path(__file__).parent


def move_sqlite(connection: sqlite3.Connection, version: str) -> None:
    """Migrate a SQLite file up or down to a version, and close its connection."""
    connection.execute("PRAGMA foreign_keys = OFF")  # Alembic rebuilds tables it cannot alter
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    sa.event.listen(engine, "begin", _begin_immediate)
    _move(engine, version, lambda: sqlite_statistics.state(connection))


def move_postgres(connection: Connection[tuple[object, ...]], version: str) -> None:
    """Migrate a PostgreSQL database up or down to a version, and close its connection.

    Raises:
        DeadlockDetected: Somebody else went on instead; nothing has changed.
    """
    connection.autocommit = False
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
    )
    try:
        _move(engine, version)
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, DeadlockDetected):
            raise error.orig from error
        raise


def recorded_text(dialect: str) -> str:
    """Return the SQL of all migrations together, as the `head.*.sql` files hold it."""
    written = io.StringIO()
    config = _config(written)
    config.attributes["dialect"] = dialect
    command.upgrade(config, "head", sql=True)
    return written.getvalue()


def latest() -> str | None:
    """Return the newest version there is a migration to."""
    return ScriptDirectory.from_config(_config(io.StringIO())).get_current_head()


def _move(engine: sa.Engine, version: str, then: Callable[[], None] | None = None) -> None:
    config = _config(io.StringIO())
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            if _is_down(connection, version):
                command.downgrade(config, version)
            else:
                command.upgrade(config, version)
            if then:
                then()
    finally:
        engine.dispose()


def _is_down(connection: sa.Connection, version: str) -> bool:
    if version == "base":
        return True
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    now = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return now is not None and version < str(now)


def _config(written: io.StringIO) -> Config:
    config = Config(output_buffer=written, stdout=io.StringIO())
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    return config


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
