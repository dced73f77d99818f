"""Whatever is typed as a search: refused with a reason, or SQL that holds none of it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.domain.query import QueryError
from gateword.policy.query_syntax import query
from gateword.storage.engine import FOLD, Dialect
from gateword.storage.migrate import recorded
from gateword.storage.query_sql import condition
from gateword.storage.sqlite_tables import SqliteTables
from gateword.storage.user_search import SEARCHABLE, counted
from tests.support.queries import SPARKS, bent

MUCH = settings(max_examples=2000)
SENTINEL = "zqj"
"""Letters that stand in no SQL of ours, but in everything that is typed here."""
WORDS = re.compile(r"[\x20-\x7e]*")


@pytest.fixture(scope="module")
def tables() -> sqlite3.Connection:
    """The tables, empty, in memory."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.create_function(FOLD, 1, str)
    for statement in recorded(SqliteTables(Path())):
        connection.execute(statement)
    return connection


@MUCH
@given(bent() | st.text(max_size=60))
def test_any_text_is_refused_or_becomes_a_statement(tables: sqlite3.Connection, text: str) -> None:
    """No search is a fault of ours, and each that is read is SQL that SQLite takes."""
    try:
        asked = condition(query(text), SEARCHABLE, Dialect.SQLITE)
    except QueryError:
        return
    statement = counted(asked)

    with closing(tables.execute(statement.text, {**asked.params, "tenant": 1})) as rows:
        assert [(0,)] == rows.fetchall()


@MUCH
@given(
    st.sampled_from(list(Dialect)),
    st.sampled_from(["", "email:", "name:", f"app_metadata.{SENTINEL}.x:", "user_metadata.n:"]),
    st.lists(st.sampled_from(SPARKS) | st.text(max_size=8), max_size=6).map(SENTINEL.join),
)
def test_nothing_typed_stands_in_the_text_of_a_statement(
    dialect: Dialect, field: str, text: str
) -> None:
    """Promise M5: values and names inside JSON are bound, each under a name of ours."""
    escaped = "".join(f"\\{c}" for c in f"{SENTINEL}{text}{SENTINEL}" if c != "\0")

    asked = condition(query(f"{field}{escaped}"), SEARCHABLE, dialect)
    statement = counted(asked)

    assert SENTINEL not in statement.text
    assert WORDS.fullmatch(statement.text)
    assert {*asked.params, "tenant"} == statement.names
    assert any(SENTINEL in str(value) for value in asked.params.values())
