"""Conditions on what stands in a column of JSON, however deep; lists fit when one element does.

A column that holds an escaped NUL, which PostgreSQL's JSON cannot, has no members for a search on
either engine.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.query import Between, Exists, Pattern, QueryError, Word
from gateword.policy.query_values import flag, number
from gateword.storage.engine import Dialect
from gateword.storage.query_column import (
    Column,
    Kind,
    Params,
    number_between,
    text_between,
    text_fits,
)
from gateword.values import dataclass

_MAX_STEPS: Final = 8


def member(column: str, name: str, kind: Kind = Kind.TEXT) -> Column:
    """Return the field that is one text of a JSON object.

    Args:
        column: The column; a constant of ours.
        name: Of the member; a constant of ours.
        kind: How it is compared; one of the texts.
    """
    return Column(
        f"json_extract({_sqlite(column)}, '$.\"{name}\"')",
        kind,
        f"({_postgres(column)} ->> '{name}')",
    )


@dataclass(frozen=True, slots=True)
class Inside:
    """A field that is a JSON object, with all that is in it.

    Attributes:
        column: The column; a constant of ours.
        path: Members that lead to the field itself.
        folded: Texts are compared whatever their case.
    """

    column: str
    path: tuple[str, ...] = ()
    folded: bool = False

    def condition(
        self,
        path: Sequence[str],
        query: Word | Pattern | Between | Exists,
        params: Params,
    ) -> str:
        """Return a condition on a member.

        Args:
            path: Names that lead from the field to the member.
            query: What is asked of it.
            params: Takes the values.
        """
        steps = (*self.path, *path)
        if len(steps) > _MAX_STEPS:
            raise QueryError(f"more than {_MAX_STEPS} names inside each other")
        if not steps:
            return _whole(self.column, query)
        if params.dialect is Dialect.SQLITE:
            return self._sqlite(steps, query, params)
        return self._postgres(steps, query, params)

    def _sqlite(
        self, steps: Sequence[str], query: Word | Pattern | Between | Exists, params: Params
    ) -> str:
        tables, conditions = [], []
        object_ = _sqlite(self.column)
        element = ""
        for step in steps:
            of, element = params.alias(), params.alias()
            elements = (
                f"CASE {of}.type WHEN 'array' THEN {of}.value"
                f" WHEN 'object' THEN '[' || {of}.value || ']' WHEN 'true' THEN '[true]'"
                f" WHEN 'false' THEN '[false]' ELSE json_array({of}.atom) END"
            )
            tables += [f"json_each({object_}) AS {of}", f"json_each({elements}) AS {element}"]
            conditions.append(f"{of}.key = {params.text(step)}")
            object_ = f"CASE {element}.type WHEN 'object' THEN {element}.value ELSE '{{}}' END"
        conditions.append(_sqlite_leaf(element, query, params, folded=self.folded))
        return _exists(tables, " AND ".join(conditions))

    def _postgres(
        self, steps: Sequence[str], query: Word | Pattern | Between | Exists, params: Params
    ) -> str:
        tables = []
        object_ = _postgres(self.column)
        for step in steps:
            of, element = params.alias(), params.alias()
            elements = (
                f"CASE jsonb_typeof({of}.value)"
                f" WHEN 'array' THEN {of}.value ELSE jsonb_build_array({of}.value) END"
            )
            tables += [
                f"LATERAL (SELECT {object_} -> {params.text(step)} AS value) AS {of}",
                f"LATERAL jsonb_array_elements({elements}) AS {element} (value)",
            ]
            object_ = f"{element}.value"
        return _exists(tables, _postgres_leaf(object_, query, params, folded=self.folded))


def _exists(tables: Sequence[str], condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {', '.join(tables)} WHERE {condition})"  # noqa: S608  # no values


def _sqlite(column: str) -> str:
    """Return a text column as SQLite's JSON, NULL where PostgreSQL would have none."""
    return f"(CASE WHEN instr({column}, '\\u0000') = 0 THEN {column} END)"


def _postgres(column: str) -> str:
    """Return a text column as PostgreSQL's JSON; NULL where it would refuse the text."""
    return f"(CASE WHEN strpos({column}, '\\u0000') = 0 THEN {column}::jsonb END)"


def _whole(column: str, query: Word | Pattern | Between | Exists) -> str:
    if isinstance(query, Exists):
        return f"{column} <> '{{}}'"
    raise QueryError(f"{query.field} is an object: name a member of it")


def _sqlite_leaf(
    element: str, query: Word | Pattern | Between | Exists, params: Params, *, folded: bool
) -> str:
    kind, atom = f"{element}.type", f"{element}.atom"
    is_text, is_number = f"{kind} = 'text'", f"{kind} IN ('integer', 'real')"
    if isinstance(query, Exists):
        return f"{kind} <> 'null'"
    if isinstance(query, Between):
        of_numbers = number_between(atom, query, params)
        if of_numbers is not None:
            return f"({is_number} AND {of_numbers})"
        return f"({is_text} AND {text_between(atom, query, params)})"
    choices = [f"({is_text} AND {text_fits(atom, query, params, folded=folded)})"]
    if isinstance(query, Word) and number(query.value):
        choices.append(f"({is_number} AND {atom} = {params.number(query.value)})")
    if isinstance(query, Word) and flag(query.value) is not None:
        choices.append(f"{kind} = {params.text(query.value.lower())}")
    return f"({' OR '.join(choices)})"


def _postgres_leaf(
    value: str, query: Word | Pattern | Between | Exists, params: Params, *, folded: bool
) -> str:
    kind, text = f"jsonb_typeof({value})", f"({value} #>> '{{}}')"
    # CASE, because PostgreSQL may try the second half of an AND first.
    as_number = f"(CASE WHEN {kind} = 'number' THEN {text}::numeric END)"
    is_text = f"{kind} = 'string'"
    if isinstance(query, Exists):
        return f"{kind} <> 'null'"
    if isinstance(query, Between):
        of_numbers = number_between(as_number, query, params)
        if of_numbers is not None:
            return of_numbers
        return f"({is_text} AND {text_between(text, query, params)})"
    choices = [f"({is_text} AND {text_fits(text, query, params, folded=folded)})"]
    if isinstance(query, Word) and number(query.value):
        choices.append(f"{as_number} = {params.number(query.value)}")
    if isinstance(query, Word) and flag(query.value) is not None:
        choices.append(f"({kind} = 'boolean' AND {text} = {params.text(query.value.lower())})")
    return f"({' OR '.join(choices)})"
