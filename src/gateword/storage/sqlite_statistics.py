"""What SQLite's planner is told of our tables, so that it does not guess.

Every index begins with the tenant, which picks nearly nothing out; a planner that knows no better
takes the tenant and a bound on a time (`last_at > ?`) for fewer rows than the tenant and a place,
and walks over all that failed lately, at each login. `ANALYZE` would measure what this database
holds now, and that is nothing when it is made. So the shape of a large one is written down: SQLite
lets its statistics be edited (https://sqlite.org/lang_analyze.html), and plans stay the same
however the tables grow.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import accumulate
from operator import mul
from typing import Final

ROWS: Final = 1_000_000
"""How long each table is taken to be; it only has to be long."""

_DISTINCT: Final[Mapping[str, int]] = {
    "audience": 20,
    "client_id": 20,
    "code": 4,
    "connection_key": 20,
    "kind": 20,
    "provider": 4,
    "purpose": 2,
    "role_id": 20,
    "status": 4,
    "tenant": 100,
}
"""How many values a column has where these are few."""

_MANY: Final = 100_000

_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_MADE_BY: Final = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
_STATE: Final = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)"


def state(connection: sqlite3.Connection) -> None:
    """Write the statistics of all indexes anew; connections that are opened later plan by them."""
    connection.execute("ANALYZE alembic_version")  # nothing else makes the table of statistics
    connection.execute("DELETE FROM sqlite_stat1")
    for (table,) in connection.execute(_TABLES).fetchall():
        connection.executemany(_STATE, list(_of_table(connection, table)))


def _of_table(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    for _, index, is_unique, origin, _ in connection.execute(f"PRAGMA index_list({table})"):
        columns = [name for _, _, name in connection.execute(f"PRAGMA index_info({index})")]
        # The rows of a table without row numbers lie in its primary key, which has its name.
        is_table = origin == "pk" and not _has_row_numbers(connection, table)
        yield table, table if is_table else index, _shape(columns, is_unique=bool(is_unique))


def _shape(columns: list[str], *, is_unique: bool) -> str:
    """Return how many rows there are, then how many share each longer prefix of the columns."""
    values = accumulate((_DISTINCT.get(name, _MANY) for name in columns), mul)
    alike = [max(1, ROWS // many) for many in values]
    if is_unique:
        alike[-1] = 1
    return " ".join(map(str, (ROWS, *alike)))


def _has_row_numbers(connection: sqlite3.Connection, table: str) -> bool:
    (text,) = connection.execute(_MADE_BY, (table,)).fetchone()
    return not str(text).upper().endswith("WITHOUT ROWID")
