"""The reference page of the query language says what is so."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateword.policy.query_syntax import MAX_DEPTH, MAX_HOLES, MAX_HOLES_OF_WORD, MAX_WORDS, query
from gateword.policy.query_words import MAX_CHARS
from gateword.storage.engine import Dialect
from gateword.storage.query_sql import condition
from gateword.storage.user_search import SEARCHABLE

PAGE: Final = Path(__file__).parents[3].joinpath("docs/reference/search.md").read_text("utf-8")
FORMS, _, FIELDS = PAGE.partition("## Fields of users")


def codes(text: str, column: int) -> list[str]:
    """Return what stands in back ticks in a column of the tables."""
    rows = [re.split(r"(?<!\\)\|", line) for line in text.splitlines() if line.startswith("| ")]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row[column])]


@pytest.mark.parametrize("example", codes(FORMS, 2))
def test_example_can_be_searched(example: str) -> None:
    """Each example of the page is a search of users, or of logs."""
    asked = query(example)

    if "type:" not in example:
        assert condition(asked, SEARCHABLE, Dialect.SQLITE).sql


def test_every_field_is_told() -> None:
    """The page lists the fields that can be searched, and no others."""
    assert set(SEARCHABLE.fields) == set(codes(FIELDS, 1))


def test_bounds_are_told() -> None:
    """The numbers of the page are those of the language."""
    told = [int(number) for number in re.findall(r"\d+", PAGE.partition("## Bounds")[2])][:5]

    assert [MAX_CHARS, MAX_WORDS, MAX_HOLES, MAX_HOLES_OF_WORD, MAX_DEPTH] == told
