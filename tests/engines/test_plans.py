"""How SQLite finds rows: by more than the tenant, however long its tables are."""

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from gateword import storage
from gateword.storage import migrate, sqlite_statistics, users
from gateword.storage.statement import Sql

FILE: Final = "planned.sqlite3"
URL: Final = f"sqlite:///{FILE}"

MEANT: Final[Mapping[str, str]] = {
    "attempt_sql.ABANDONED": "a hundred tries that nobody ended, wherever they are",
    "census._CROWDED": "addresses from which too many names failed, for a page of the dashboard",
    "census._DUE": "buckets that are not full, for a page of the dashboard",
    "census._FAILING": "the latest failures of anybody, likewise",
    "client_grants._FIRST": "a page of a few",
    "clients._CONNECTIONS": "connections that a client leaves as it is deleted",
    "clients._FIRST": "a page of a few",
    "clients._REMOVE_ACCESS": "tokens of a client that is deleted",
    "clients._WITH_ORIGINS": "those whose browsers may ask, kept in memory",
    "connections._ALL": "kept in memory",
    "connections._GIVE_UP_REALMS": "a connection has a few",
    "connections._INHABITANTS": "some users of a connection that is deleted",
    "connections._REALMS": "kept in memory",
    "documents._ALL": "kept in memory",
    "ended_families.NEXT_CLIENT": "the next of an index",
    "hash_kinds._SAMPLE": "a thousand of an index",
    "jobs._PURGE": "jobs that ended a day ago",
    "logs._DAYS": "every login of a month is counted",
    "logs._LAST_BEFORE": "the last of an index",
    "logs._LATEST": "the first of an index",
    "logs._READ": "a page of an index",
    "migrate._VERSION": "one row",
    "outbox._DUE": "what is due",
    "outbox._IS_DUE": "what is due",
    "postgres._PING": "one row",
    "resource_servers._ALL": "kept in memory",
    "roles._ALL": "all roles, for the Management API",
    "roles._HOLD": "a role held against changes",
    "roles._PERMISSIONS": "of all roles, for the Management API",
    "signing_keys._ALL": "kept in memory",
    "signing_keys._PROMOTE": "a tenant has a few",
    "signing_keys._RETIRE": "a tenant has a few",
    "tallies._PURGE": "what is too old",
    "tallies._READ": "one row a minute",
    "tenants._ALL": "kept in memory",
    "users._PAGE": "a page of an index",
    "users._PAGE_OF_CONNECTION": "a page of an index",
}
"""Statements that walk over what a tenant has, and why they may."""

_NO_TABLE: Final = ("CONSTANT", "named", "names")
_ONLY_TENANT: Final = re.compile(r"\(((tenant|connection_key)=\?|\w+[<>]\?)( AND \w+[<>]\?)*\)")
"""Nor by a bound alone: rows of other tenants lie behind it, too."""


def statements() -> dict[str, str]:
    """Return every text that the storage says to its database, by where it stands."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(storage.__path__, "gateword.storage."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Sql):
                found.setdefault(value.text, f"{module.name.rpartition('.')[2]}.{name}")
    for kinds in (("email",), ("email", "phone", "username")):
        found[users.by_names(frozenset(kinds)).text] = f"users.by_names {kinds}"
    return {place: text for text, place in found.items()}


def walks(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield the steps that find their rows by the tenant alone, with their statements."""
    for place, text in statements().items():
        values = dict.fromkeys(re.findall(r":(\w+)", text), 1)
        try:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
        except sqlite3.OperationalError:  # PostgreSQL's own
            continue
        for *_, step in plan:
            word, table = step.split()[:2]
            is_scan = word == "SCAN" and table.rstrip("0123456789") not in _NO_TABLE
            if is_scan or _ONLY_TENANT.search(step):
                yield place, step


def test_rows_are_found_by_more_than_their_tenant(tmp_path: Path) -> None:
    """A statement costs the same beside a million rows of others of the tenant."""
    migrate.upgrade(URL, data_dir=tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        found = list(walks(connection))

    assert [] == [walk for walk in found if walk[0] not in MEANT]
    assert sorted(MEANT) == sorted({place for place, _ in found})


def test_tables_that_were_migrated_are_planned_for_like_new_ones(tmp_path: Path) -> None:
    """Whoever comes from an older release has the same plans."""
    migrate.upgrade(URL, data_dir=tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.commit()
    migrate.downgrade(URL, "0006", data_dir=tmp_path)
    migrate.upgrade(URL, data_dir=tmp_path)

    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        found = set(connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall())
        sqlite_statistics.state(connection)
        assert set(connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1")) == found
        assert ("failures", "failures_of_place", "1000000 10000 1") in found
        assert ("leases", "leases", "1000000 10000 500 1 1") in found
