"""Brings the tables of a database to the version this program wants.

A new database gets the recorded text of all migrations (`migrations/head.*.sql`, kept equal to
them by a test), so that starting needs neither Alembic nor SQLAlchemy, which cost a second and
30 MB. Alembic runs only when an older database must change. Either way one transaction holds the
lock that keeps a second process out until the tables are ready.
"""

from importlib import import_module, resources
from pathlib import Path
from typing import Final, Protocol

from gateword.settings import DATABASE_FILE, Settings
from gateword.storage.engine import Database
from gateword.storage.looks import within_look
from gateword.storage.sqlite_tables import SqliteTables
from gateword.storage.statement import AcrossTenants
from gateword.storage.url import is_postgres, sqlite_path

HEAD: Final = "0007"
"""The version of the tables that this program wants."""

BASE: Final = "base"
"""The version of a database from which all tables were taken."""

_VERSION: Final = AcrossTenants("SELECT version_num FROM alembic_version")


class Tables(Protocol):
    """The tables of one database, outside any server."""

    def version(self) -> str | None:
        """Return the version of the tables; None when there never were any."""
        ...

    def install(self, statements: list[str]) -> str | None:
        """Make the tables if there never were any; return the version that was found."""
        ...

    def move(self, version: str) -> None:
        """Let Alembic migrate up or down to a version; `base` is no tables at all."""
        ...


def is_current(url: str, *, data_dir: Path) -> bool:
    """Say whether the database exists and its tables serve this program.

    Tables of a newer program do: a release adds only what the release before it can ignore, and
    takes away only what that one works without (D7).
    """
    return _serves(_tables(url, data_dir).version())


def is_new(settings: Settings) -> bool:
    """Say whether the database is not there yet, or has no tables: nothing can be sealed then.

    Raises:
        Refused: STORE_UNREACHABLE.
    """
    if not settings.database_url:
        return not (settings.data_dir / DATABASE_FILE).exists()
    return _tables(settings.database_url, settings.data_dir).version() in {None, BASE}


async def has_current(database: Database) -> bool:
    """Say whether the tables of a database that is open serve this program.

    Raises:
        Refused: STORE_UNREACHABLE, after `looks.LOOK_S` at most.
    """
    row = await within_look(database.one(_VERSION))
    return row is not None and _serves(row[0])


def upgrade(url: str, *, data_dir: Path) -> None:
    """Make or change the tables; returns at once when they are current.

    Raises:
        Refused: STORE_UNREACHABLE.
    """
    tables = _tables(url, data_dir)
    found = tables.install(recorded(tables))
    if found is not None and not _serves(found):
        tables.move(HEAD)


def downgrade(url: str, version: str, *, data_dir: Path) -> None:
    """Take the tables back to an older version, `base` for none at all; what they held is lost."""
    _tables(url, data_dir).move(version)


def recorded(tables: Tables) -> list[str]:
    """Return the recorded statements that make all tables on the engine of these tables."""
    engine = "sqlite" if isinstance(tables, SqliteTables) else "postgresql"
    text = (resources.files("gateword.storage.migrations") / f"head.{engine}.sql").read_text()
    return [statement for statement in text.split(";\n\n") if statement.strip()]


def _serves(version: str | None) -> bool:
    """Say whether tables of a version serve this program.

    Versions are numbers of four digits, so that text order is their order.
    """
    return version not in {None, BASE} and str(version) >= HEAD


def _tables(url: str, data_dir: Path) -> Tables:
    if is_postgres(url):
        postgres = import_module("gateword.storage.postgres_tables")  # its driver costs 20 MB
        tables: Tables = postgres.PostgresTables(url)
        return tables
    return SqliteTables(sqlite_path(url, data_dir))
