"""Conditions on one column of the searched row."""

import re
from collections.abc import Callable
from enum import Enum, unique
from typing import Final

from gateword.domain.query import Between, Bound, Exists, Pattern, QueryError, Wild, Word
from gateword.policy.identifier import normal
from gateword.policy.query_values import Span, flag, number, span
from gateword.storage.columns import ms
from gateword.storage.engine import FOLD, Dialect, Value
from gateword.values import dataclass


@unique
class Kind(Enum):
    """How a column's values are compared."""

    TEXT = "text"
    """As they are."""
    FOLDED = "folded"
    """Text, whatever the case."""
    NORMAL = "normal"
    """Text that is stored in the normal form of login names."""
    NUMBER = "number"
    FLAG = "switch"
    TIME = "time"


_TEXTS: Final = frozenset({Kind.TEXT, Kind.FOLDED, Kind.NORMAL})


class Params:
    """The parameters of one condition, named as they are bound."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.values: dict[str, Value] = {}
        self._aliases = 0

    def text(self, value: str) -> str:
        """Bind a text; return what stands for it in the statement."""
        return f"CAST({self._bound(value)} AS TEXT)"

    def number(self, value: str) -> str:
        """Bind a number as it was written."""
        return f"CAST({self._bound(value)} AS NUMERIC)"

    def whole(self, value: int) -> str:
        """Bind a whole number."""
        return f"CAST({self._bound(value)} AS BIGINT)"

    def alias(self) -> str:
        """Return a name for a table that no other has."""
        self._aliases += 1
        return f"t{self._aliases}"

    def like(self, sql: str, pieces: tuple[str | Wild, ...]) -> str:
        """Return the condition that a text fits a pattern, case and all."""
        if self.dialect is Dialect.SQLITE:
            return f"{sql} GLOB {self.text(_glob(pieces))}"
        return f"{sql} LIKE {self.text(_like(pieces))}"

    def folded(self, sql: str, value: str) -> str:
        """Return an SQL text without the case of its letters.

        Args:
            sql: The text.
            value: What it will be compared with: SQLite's own function knows ASCII only.
        """
        if self.dialect is Dialect.SQLITE and not value.isascii():
            return f"{FOLD}({sql})"
        return f"lower({sql})"

    def _bound(self, value: Value) -> str:
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f":{name}"


@dataclass(frozen=True, slots=True)
class Column:
    """A field that is one value of the row.

    Attributes:
        sql: What SQLite reads it with; a constant of ours.
        postgres: What PostgreSQL reads it with, where that differs.
    """

    sql: str
    kind: Kind
    postgres: str = ""

    def read(self, dialect: Dialect) -> str:
        """Return the SQL that reads the value."""
        return self.postgres or self.sql if dialect is Dialect.POSTGRES else self.sql

    def condition(self, query: Word | Pattern | Between | Exists, params: Params) -> str:
        """Return a condition on the value.

        Raises:
            QueryError: What was asked does not go with its kind.
        """
        sql = self.read(params.dialect)
        match query:
            case Exists():
                return f"{sql} IS NOT NULL"
            case Word(_, value):
                return _equal(sql, self.kind, value, params)
            case Pattern(name, pieces):
                if self.kind not in _TEXTS:
                    raise QueryError(f"{name} is a {self.kind.value}: it has no wildcards")
                return _fitting(sql, self.kind, pieces, params)
            case Between():
                return _between(sql, self.kind, query, params)


def text_fits(sql: str, query: Word | Pattern, params: Params, *, folded: bool) -> str:
    """Return the condition that a text equals a word or fits a pattern."""
    kind = Kind.FOLDED if folded else Kind.TEXT
    if isinstance(query, Word):
        return _equal(sql, kind, query.value, params)
    return _fitting(sql, kind, query.pieces, params)


def text_between(sql: str, query: Between, params: Params) -> str:
    """Return the condition that a text lies between two, in the order of its characters."""
    if params.dialect is Dialect.POSTGRES:
        sql = f'({sql}) COLLATE "C"'
    return _bounded(sql, query, lambda bound: params.text(bound.value))


def number_between(sql: str, query: Between, params: Params) -> str | None:
    """Return the condition that a number lies between two; None when a bound is no number."""
    bounds = [bound for bound in (query.low, query.high) if bound is not None]
    if not all(number(bound.value) for bound in bounds):
        return None
    return _bounded(sql, query, lambda bound: params.number(bound.value))


def _equal(sql: str, kind: Kind, value: str, params: Params) -> str:
    match kind:
        case Kind.TEXT:
            return f"{sql} = {params.text(value)}"
        case Kind.NORMAL:
            return f"{sql} = {params.text(normal(value))}"
        case Kind.FOLDED:
            asked = params.folded(params.text(value), value)
            return f"{params.folded(sql, value)} = {asked}"
        case Kind.NUMBER:
            return f"{sql} = {params.number(_number(value))}"
        case Kind.FLAG:
            return f"{sql} = {params.whole(_flag(value))}"
        case Kind.TIME:
            when = _span(value)
            begin, end = params.whole(ms(when.begin)), params.whole(ms(when.end))
            return f"({sql} >= {begin} AND {sql} < {end})"


def _fitting(sql: str, kind: Kind, pieces: tuple[str | Wild, ...], params: Params) -> str:
    if kind is Kind.TEXT:
        return params.like(sql, pieces)
    lower = tuple(piece.lower() if isinstance(piece, str) else piece for piece in pieces)
    if kind is Kind.NORMAL:
        return params.like(sql, lower)
    whole = "".join(piece for piece in pieces if isinstance(piece, str))
    return params.like(params.folded(sql, whole), lower)


def _between(sql: str, kind: Kind, query: Between, params: Params) -> str:
    if kind is Kind.TIME:
        return _time_between(sql, query, params)
    if kind is Kind.NUMBER:
        return _bounded(sql, query, lambda bound: params.number(_number(bound.value)))
    if kind is Kind.FLAG:
        raise QueryError(f"{query.field} is a switch: it has no range")
    return text_between(sql, query, params)


def _time_between(sql: str, query: Between, params: Params) -> str:
    """Return the condition for times; a day that is included is so to its end."""
    parts = []
    if query.low is not None:
        when = _span(query.low.value)
        first = when.begin if query.low.included else when.end
        parts.append(f"{sql} >= {params.whole(ms(first))}")
    if query.high is not None:
        when = _span(query.high.value)
        behind = when.end if query.high.included else when.begin
        parts.append(f"{sql} < {params.whole(ms(behind))}")
    return f"({' AND '.join(parts)})" if parts else f"{sql} IS NOT NULL"


def _bounded(sql: str, query: Between, bound: Callable[[Bound], str]) -> str:
    parts = []
    if query.low is not None:
        parts.append(f"{sql} {'>=' if query.low.included else '>'} {bound(query.low)}")
    if query.high is not None:
        parts.append(f"{sql} {'<=' if query.high.included else '<'} {bound(query.high)}")
    return f"({' AND '.join(parts)})" if parts else f"{sql} IS NOT NULL"


def _number(value: str) -> str:
    found = number(value)
    if found is None:
        raise QueryError(f"{value[:64]} is no number")
    return found


def _flag(value: str) -> int:
    found = flag(value)
    if found is None:
        raise QueryError(f"{value[:64]} is neither true nor false")
    return int(found)


def _span(value: str) -> Span:
    found = span(value)
    if found is None:
        raise QueryError(f"{value[:64]} is no time; write 2026-01-31 or 2026-01-31T12:00:00Z")
    return found


def _glob(pieces: tuple[str | Wild, ...]) -> str:
    """Return a pattern of SQLite's GLOB; its special characters stand in brackets."""
    return "".join(
        piece.value if isinstance(piece, Wild) else re.sub(r"([*?\[])", r"[\1]", piece)
        for piece in pieces
    )


def _like(pieces: tuple[str | Wild, ...]) -> str:
    """Return a pattern of PostgreSQL's LIKE; its special characters stand behind a backslash."""
    holes = {Wild.ANY: "%", Wild.ONE: "_"}
    return "".join(
        holes[piece] if isinstance(piece, Wild) else re.sub(r"([%_\\])", r"\\\1", piece)
        for piece in pieces
    )
