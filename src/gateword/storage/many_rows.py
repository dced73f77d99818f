"""Statements over as many rows as there are: one round to the database for a hundred of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from gateword.storage.engine import Value
from gateword.storage.statement import Statement

MOST: Final = 100
"""Rows of one statement: with some 15 columns far below the parameters that engines allow."""


@lru_cache(maxsize=256)
def inserting(table: str, columns: tuple[str, ...], count: int, returning: str = "") -> Statement:
    """Return a statement that inserts rows; what conflicts is left out.

    Args:
        table: Where to.
        columns: Of each row; its parameters are named `COLUMN_N`, the tenant is added.
        count: How many rows.
        returning: Columns to return.
    """
    rows = ", ".join(
        f"(:tenant, {', '.join(f':{column}_{number}' for column in columns)})"
        for number in range(count)
    )
    names = ", ".join(("tenant", *columns))
    tail = f" RETURNING {returning}" if returning else ""
    text = f"INSERT INTO {table} ({names}) VALUES {rows} ON CONFLICT DO NOTHING{tail}"  # noqa: S608  # constants
    return Statement(text)


@lru_cache(maxsize=256)
def among(before: str, count: int) -> Statement:
    """Return a statement that ends in a list of values; they are named `value_N`."""
    return Statement(f"{before} IN ({', '.join(f':value_{number}' for number in range(count))})")


def numbered(rows: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """Return the parameters of rows for `inserting`."""
    return {
        f"{column}_{number}": value
        for number, row in enumerate(rows)
        for column, value in row.items()
    }


def values(listed: Sequence[Value]) -> dict[str, Value]:
    """Return the parameters for `among`."""
    return {f"value_{number}": value for number, value in enumerate(listed)}
