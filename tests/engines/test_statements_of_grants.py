"""What a grant says to its database, counted: a statement more is a decision, not an accident."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from gateword.storage.attempt_sql import MOST_CROWDS
from gateword.storage.engine import Dialect
from tests.support.house import FILE, House, a_house
from tests.wire.world import API, VALUES, furnish

LEASE, LOGIN, SYNCED = False, False, True
CALLED: Final = True
"""A statement that is a transaction says itself what its commit waits for: here for nothing."""

_BOUNDED: Final = ("CONSTANT", "named", *(f"names{number}" for number in range(MOST_CROWDS)))
"""What a step may walk over besides: one row without a table, and a select of so many at most."""


GROWN: Final = 2_000
_RANDOM: Final = "sha256(CAST(CAST(n AS text) AS bytea))"
OTHERS: Final = {
    "users": {"user_id": "'other|' || n"},
    "refresh_families": {"user_key": "-n"},
    "refresh_tokens": {"hash": _RANDOM},
    "access_tokens": {"hash": _RANDOM, "user_key": "-n"},
    "logs": {"position": "1000000 + n"},
}
"""By table, how the rows of others differ from one that is there."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one grant asked of its database.

    Attributes:
        statements: How many; on PostgreSQL each is a journey.
        commits: Of each, whether it waits for the disk.
    """

    statements: int
    commits: Sequence[bool]


COSTS: Final = {
    Dialect.SQLITE: {
        "client_credentials": Cost(2, [SYNCED]),
        "refresh": Cost(6, [SYNCED]),
        "rotating": Cost(9, [SYNCED]),
        "password": Cost(9, [LEASE, LOGIN, SYNCED]),
        "offline": Cost(13, [LEASE, LOGIN, SYNCED]),
    },
    Dialect.POSTGRES: {
        "client_credentials": Cost(1, [SYNCED]),
        "refresh": Cost(3, [SYNCED]),
        "rotating": Cost(3, [SYNCED]),
        "password": Cost(5, [CALLED, CALLED, SYNCED]),
        "offline": Cost(9, [CALLED, CALLED, LOGIN, SYNCED]),
    },
}


async def played(house: House) -> dict[str, tuple[Cost, list[str]]]:
    """Ask for tokens in every way, each a second time too; return what the second one cost."""
    costs = {}

    async def ask(name: str, client: str, **params: str) -> str:
        watched = house.engines.watched
        watched.said.clear()
        watched.begun.clear()
        answer = await house.token(
            client_id=VALUES[client], client_secret=VALUES[f"{client}_secret"], **params
        )
        assert 200 == answer.status_code, answer.text
        costs[name] = (Cost(len(watched.said), list(watched.begun)), list(watched.said))
        return str(answer.json().get("refresh_token", params.get("refresh_token")))

    login = {
        "grant_type": "password",
        "username": "ann",
        "password": VALUES["password"],
        "audience": API,
    }
    for client, name in (("web", "refresh"), ("rotating", "rotating")):
        await ask("password", client, scope="read:orders", **login)
        token = await ask("offline", client, scope="offline_access", **login)
        for _ in range(2):
            token = await ask(name, client, grant_type="refresh_token", refresh_token=token)
    for _ in range(2):
        await ask("client_credentials", "machine", grant_type="client_credentials", audience=API)
    return costs


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_grant_says_so_many_statements_in_so_many_commits(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Each grant waits for the disk once, and no grant has become dearer."""
    settings = {}
    if engine == "postgres":
        settings["database_url"] = request.getfixturevalue("postgres_url")
    async with a_house(tmp_path, **settings) as house:
        await furnish(house)
        costs = await played(house)
        said = {text for _, texts in costs.values() for text in texts}
        if engine == "sqlite":
            assert [] == _scans(tmp_path, said)

    assert {name: cost for name, (cost, _) in costs.items()} == COSTS[Dialect(engine)]


def _scans(folder: Path, texts: set[str]) -> list[tuple[str, str]]:
    """Return the steps that walk over a whole table, with their statements."""
    found = []
    with closing(sqlite3.connect(folder / FILE)) as connection:
        for text in texts:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", _Anything())
            found += [
                (text, step) for *_, step in plan if step.startswith("SCAN") and _is_table(step)
            ]
    return found


class _Anything(dict[str, object]):
    """A value for every parameter: a plan does not depend on it."""

    def __missing__(self, name: str) -> object:
        """Return one."""
        return 1


def _is_table(step: str) -> bool:
    return step.split()[1] not in _BOUNDED


async def test_postgres_reads_no_more_rows_when_tables_have_grown(
    postgres_url: str, tmp_path: Path
) -> None:
    """Whatever a grant looks up has an index, also within functions of the database."""
    url = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20enable_seqscan%3Doff"
    async with a_house(tmp_path, database_url=url) as house:
        await furnish(house)
    read = []
    for number in range(2):
        if number == 1:
            await _grow(postgres_url)
        before = await _rows_read(postgres_url)
        async with a_house(tmp_path, database_url=url) as house:
            for _ in range(1000 * number):  # else these dice would fall as those before
                house.engines.dice.hex(1)
            await played(house)
        read.append(await _rows_read(postgres_url) - before)

    assert GROWN > read[1] - read[0]


async def _rows_read(url: str) -> int:
    """Return how many rows were read so far, once every connection has told."""
    others = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    tables = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while await (await connection.execute(others)).fetchone():
            await asyncio.sleep(0.02)
        row = await (await connection.execute(tables)).fetchone()
        return int(row[0]) if row else 0


async def _grow(url: str) -> None:
    """Put many rows of others into the tables that grow."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        for table, changed in OTHERS.items():
            columns = [
                name
                for (name,) in await (
                    await connection.execute(
                        "SELECT attname FROM pg_attribute WHERE attrelid = CAST(%s AS regclass)"
                        " AND attnum > 0 AND attidentity = '' ORDER BY attnum",
                        [table],
                    )
                ).fetchall()
            ]
            values = ", ".join(changed.get(name, name) for name in columns)
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"  # noqa: S608
                f" FROM (SELECT * FROM {table} ORDER BY 1 LIMIT 1) AS one,"
                f" generate_series(1, {GROWN}) AS n"
            )


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_growing_tables_are_in_the_order_of_whole_numbers(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """New rows go to the end; what is random is looked up by an index beside them."""
    if engine == "postgres":
        async with a_house(tmp_path, database_url=request.getfixturevalue("postgres_url")):
            keys = await _keys_of_postgres(request.getfixturevalue("postgres_url"))
    else:
        async with a_house(tmp_path):
            keys = _keys_of_sqlite(tmp_path / FILE)

    assert {
        ("access_tokens", "key"): True,
        ("access_tokens", "hash"): False,
        ("logs", "tenant position"): True,
        ("refresh_families", "key"): True,
        ("refresh_tokens", "key"): True,
        ("refresh_tokens", "hash"): False,
    } == keys


_GROWING: Final = ("access_tokens", "logs", "refresh_families", "refresh_tokens")


def _keys_of_sqlite(path: Path) -> dict[tuple[str, str], bool]:
    """Return the unique keys of the growing tables, and whether each is the primary one."""
    keys = {}
    with closing(sqlite3.connect(path)) as connection:
        for table in _GROWING:
            columns = connection.execute("SELECT name, pk FROM pragma_table_info(?)", [table])
            primary = sorted((pk, name) for name, pk in columns if pk)
            keys[table, " ".join(name for _, name in primary)] = True
            unique = connection.execute(
                "SELECT name FROM pragma_index_list(?) WHERE \"unique\" AND origin <> 'pk'", [table]
            )
            for (index,) in unique.fetchall():
                of = connection.execute("SELECT name FROM pragma_index_info(?)", [index])
                keys[table, " ".join(name for (name,) in of)] = False
    return keys


async def _keys_of_postgres(url: str) -> dict[tuple[str, str], bool]:
    """Return the unique keys of the growing tables, and whether each is the primary one."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await connection.execute(
            "SELECT CAST(indrelid AS regclass)::text, indisprimary, ("
            " SELECT string_agg(attname, ' ' ORDER BY n) FROM unnest(indkey) WITH ORDINALITY"
            " AS part (number, n) JOIN pg_attribute ON attrelid = indrelid AND attnum = number"
            ") FROM pg_index WHERE indisunique AND CAST(indrelid AS regclass)::text = ANY(%s)",
            [list(_GROWING)],
        )
        return {(table, columns): primary for table, primary, columns in await rows.fetchall()}
