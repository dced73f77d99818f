"""Runs Alembic; the only module of the server that imports it, and only when tables must change."""

import io
import sqlite3
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import StaticPool

_HERE: Final = Path(__file__).parent
_LOCK: Final = 0x6761746577  # "gatew": one number that every Gateword agrees on


def move_sqlite(connection: sqlite3.Connection, version: str) -> None:
    """Migrate a SQLite file up or down to a version, and close its connection."""
    connection.execute("PRAGMA foreign_keys = OFF")  # Alembic rebuilds tables it cannot alter
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    sa.event.listen(engine, "begin", _begin_immediate)
    _move(engine, version)


def move_postgres(url: str, version: str) -> None:
    """Migrate a PostgreSQL database up or down to a version."""
    plain = url.split("://", 1)[1]
    engine = sa.create_engine(f"postgresql+psycopg://{plain}", poolclass=StaticPool)
    sa.event.listen(engine, "begin", _take_lock)
    _move(engine, version)


def recorded_text(dialect: str) -> str:
    """Return the SQL of all migrations together, as the `head.*.sql` files hold it."""
    written = io.StringIO()
    config = _config(written)
    config.attributes["dialect"] = dialect
    command.upgrade(config, "head", sql=True)
    return written.getvalue()


def _move(engine: sa.Engine, version: str) -> None:
    config = _config(io.StringIO())
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            now = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            if version == "base" or (now is not None and version < now):
                command.downgrade(config, version)
            else:
                command.upgrade(config, version)
    finally:
        engine.dispose()


def _config(written: io.StringIO) -> Config:
    config = Config(output_buffer=written, stdout=io.StringIO())
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    return config


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_lock(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
