"""A search as SQL: every value is a bound parameter, every field one of an allow-list.

Rule: what was typed reaches the text of a statement nowhere, names of JSON members included
(promise M5). A condition that meets NULL does not hold, and then its negation does.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from gateword.domain.query import (
    Between,
    Either,
    Every,
    Exists,
    Negated,
    Pattern,
    Query,
    QueryError,
    Word,
)
from gateword.storage.engine import Dialect, Value
from gateword.storage.query_column import Column, Params
from gateword.storage.query_json import Inside
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Related:
    """A field of rows in another table: one of them must fit.

    Attributes:
        rows: `SELECT 1 FROM … WHERE …` that joins them to the row that is searched.
        inner: The field of those rows.
    """

    rows: str
    inner: Column | Inside


Field: TypeAlias = Column | Inside | Related


@dataclass(frozen=True, slots=True)
class Searchable:
    """What can be searched.

    Attributes:
        fields: By name; an `Inside` also answers to names that go on behind a dot.
        usual: Fields that a word without a field looks in.
    """

    fields: Mapping[str, Field]
    usual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition and the values of its parameters.

    Attributes:
        sql: In one engine's dialect; stands in parentheses wherever it needs them.
        params: By name, `q0`, `q1`, ….
    """

    sql: str
    params: Mapping[str, Value]


def condition(query: Query, searchable: Searchable, dialect: Dialect) -> Condition:
    """Return the condition on a row that a search asks for.

    Raises:
        QueryError: A field is not searchable, or a value is not of its kind.
    """
    writer = _Writer(searchable, Params(dialect))
    return Condition(writer.written(query), writer.params.values)


_EVERYTHING: Final = "1 = 1"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the condition of one search."""

    searchable: Searchable
    params: Params = field(repr=False)

    def written(self, query: Query) -> str:
        match query:
            case Every(parts):
                return self._joined(" AND ", parts) if parts else _EVERYTHING
            case Either(parts):
                return self._joined(" OR ", parts)
            case Negated(part):
                return f"(({self.written(part)}) IS NOT TRUE)"
            case _:
                return self._written(query)

    def _written(self, query: Word | Pattern | Between | Exists) -> str:
        if query.field is not None:
            return self._fits(query.field, query)
        usual = (self._fits(name, query) for name in self.searchable.usual)
        return f"({' OR '.join(usual)})"

    def _joined(self, word: str, parts: tuple[Query, ...]) -> str:
        return f"({word.join(self.written(part) for part in parts)})"

    def _fits(self, name: str, query: Word | Pattern | Between | Exists) -> str:
        found, path = self._field(name)
        if isinstance(found, Related):
            return f"EXISTS ({found.rows} AND {_inner(found.inner, path, query, self.params)})"
        return _inner(found, path, query, self.params)

    def _field(self, name: str) -> tuple[Field, tuple[str, ...]]:
        """Return a field, and the names behind it that lead on into its JSON."""
        steps = tuple(name.split("."))
        for length in range(len(steps), 0, -1):
            found = self.searchable.fields.get(".".join(steps[:length]))
            if found is None:
                continue
            inner = found.inner if isinstance(found, Related) else found
            if length == len(steps) or isinstance(inner, Inside):
                return found, steps[length:]
        raise QueryError(f"there is no field {name[:64]} to search")


def _inner(
    found: Column | Inside,
    path: tuple[str, ...],
    query: Word | Pattern | Between | Exists,
    params: Params,
) -> str:
    if isinstance(found, Inside):
        return found.condition(path, query, params)
    return found.condition(query, params)
