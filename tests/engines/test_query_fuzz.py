"""Whatever is typed as a search of users: refused with a reason, or carried out by each engine."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.domain.query import QueryError
from gateword.policy.query_syntax import query
from gateword.storage.engine import FOLD, Dialect
from gateword.storage.query_sql import condition
from gateword.storage.user_search import SEARCHABLE, counted
from tests.engines.house import a_house
from tests.engines.people import move_in
from tests.support.queries import bent

PEOPLE = 3
Asked = Callable[[str], int | None]


def asked_of_sqlite(connection: sqlite3.Connection, tenant: int) -> Asked:
    """Return how to count those of a tenant whom a search fits, in a file."""
    connection.create_function(FOLD, 1, lambda text: text.lower() if text else text)

    def count(text: str) -> int | None:
        asked = condition(query(text), SEARCHABLE, Dialect.SQLITE)
        found = connection.execute(counted(asked).text, {**asked.params, "tenant": tenant})
        return int(found.fetchone()[0])

    return count


def asked_of_postgres(connection: psycopg.Connection[Any], tenant: int) -> Asked:
    """Return how to count those of a tenant whom a search fits, on a server."""

    def count(text: str) -> int | None:
        asked = condition(query(text), SEARCHABLE, Dialect.POSTGRES)
        statement: Any = counted(asked).pyformat
        found = connection.execute(statement, {**asked.params, "tenant": tenant}).fetchone()
        return None if found is None else int(found[0])

    return count


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engines(
    tmp_path_factory: pytest.TempPathFactory, shared_postgres_url: str
) -> AsyncIterator[list[Asked]]:
    """The same people on both engines."""
    path = tmp_path_factory.mktemp("people") / "gateword.db"
    async with a_house(f"sqlite:///{path}") as one, a_house(shared_postgres_url) as other:
        await move_in(one)
        await move_in(other)
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as file,
            psycopg.connect(shared_postgres_url, autocommit=True) as server,
        ):
            yield [
                asked_of_sqlite(file, one.tenant.key),
                asked_of_postgres(server, other.tenant.key),
            ]


@settings(max_examples=1000)
@given(bent() | st.text(max_size=60))
def test_both_engines_find_the_same(engines: list[Asked], text: str) -> None:
    """What is read as a search fails on no engine, and means the same on both."""
    try:
        query(text)
        found = [count(text) for count in engines]
    except QueryError:
        return

    assert 1 == len(set(found))
    assert 0 <= (found[0] or 0) <= PEOPLE
