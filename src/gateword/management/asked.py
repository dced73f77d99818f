"""A request read against its verb: path, query and body, in that order (promise M1).

Rule: nothing here knows HTTP; texts come in, a checked `Call` goes out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import pages
from gateword.management.resource import Listed, Paging, Verb
from gateword.management.schema import Schema, obj
from gateword.management.validation import fault
from gateword.policy import json_text
from gateword.values import dataclass

_FLAGS: Final = {"true": True, "false": False}
_MAX_PATH_CHARS: Final = 1024
_MOST_WHOLE: Final = 2**53
_NOT_PAGED: Final = Listed(key="", item={}, totals=False)


@dataclass(frozen=True, slots=True)
class Query:
    """Checked query parameters, and which part of a list they ask for."""

    values: Mapping[str, object]
    paging: Paging


def path(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return the path's values.

    Raises:
        Refused: INVALID_PATH when one is too long or cannot be stored.
    """
    for name, value in values.items():
        if len(value) > _MAX_PATH_CHARS or not json_text.is_storable(value):
            raise Refused(ManagementRefusal.INVALID_PATH, fault=f"Invalid value for {name}")
    return values


def query(verb: Verb, sent: Sequence[tuple[str, str]], opened: Callable[[str], str]) -> Query:
    """Return the query parameters in their declared types.

    Raises:
        Refused: INVALID_QUERY for what is unknown, repeated, or of another form.
    """
    known = parameters(verb)
    values: dict[str, object] = {}
    for name, text in sent:
        schema = known.get(name)
        if schema is None:
            raise _bad_query(f"Additional properties not allowed: {_printable(name)}")
        value = _typed(schema, text)
        if isinstance(value, list) and isinstance(before := values.get(name), list):
            value = [*before, *value]
        elif name in values:
            raise _bad_query(f"Repeated parameter: {name}")
        values[name] = value
    if not json_text.is_storable(values):
        raise _bad_query("Unusable character")
    if wrong := fault(obj(known), values):
        raise _bad_query(wrong)
    listed = verb.listed or _NOT_PAGED
    return Query(values, pages.asked(values, listed, opened))


def parameters(verb: Verb) -> Mapping[str, Schema]:
    """Return every query parameter that a verb understands."""
    known = dict(verb.query)
    if verb.listed is not None and verb.listed.totals:
        known |= pages.TOTALS
    if verb.listed is not None and verb.listed.checkpoint:
        known |= pages.CHECKPOINT
    if verb.fields:
        known |= pages.FIELDS
    return known


def body(verb: Verb, raw: bytes) -> object:
    """Return the body of a request, checked.

    Raises:
        Refused: INVALID_BODY.
    """
    if verb.body is None or (verb.optional_body and not raw.strip()):
        return {}
    try:
        value, repeated = json_text.read(raw)
    except ValueError:
        raise _bad_body("Invalid JSON") from None
    if repeated:
        raise _bad_body(f"Repeated property: {_printable(repeated[0])}")
    if not json_text.is_storable(value):
        raise _bad_body("Unusable character")
    return checked(verb.body, _numbers(value))


def form(verb: Verb, parts: Mapping[str, object]) -> tuple[object, Mapping[str, bytes]]:
    """Return the texts of a multipart body, checked, and its files.

    Raises:
        Refused: INVALID_BODY.
    """
    files = {name: part for name, part in parts.items() if isinstance(part, bytes)}
    texts = {name: part for name, part in parts.items() if not isinstance(part, bytes)}
    if not json_text.is_storable([*parts, *texts.values()]):
        raise _bad_body("Unusable character")
    schema = verb.body or {}
    declared = schema.get("properties")
    for name in files:
        if not isinstance(declared, Mapping) or name not in declared:
            raise _bad_body(f"Additional properties not allowed: {_printable(name)}")
    return checked(schema, texts), files


def _numbers(value: object) -> object:
    """Return a value whose whole numbers are whole: `5.0` is `5` to JSON, and to Auth0."""
    if isinstance(value, dict):
        return {name: _numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= _MOST_WHOLE:
        return int(value)
    return value


def checked(schema: Schema, value: object) -> object:
    """Return a value that fits a schema.

    Raises:
        Refused: INVALID_BODY.
    """
    if wrong := fault(schema, value):
        raise _bad_body(wrong)
    return value


def _typed(schema: Schema, text: str) -> object:
    """Return a parameter as its schema has it; what cannot be read stays text, and is refused."""
    kind = schema.get("type")
    if kind == "boolean":
        return _FLAGS.get(text, text)
    if kind == "integer":
        is_number = text.isascii() and text.isdigit() and len(text) < len(str(2**53))
        return int(text) if is_number else text
    if kind == "array":
        return [one for one in text.split(",") if one]
    return text


def _printable(text: str) -> str:
    return "".join(c if " " <= c <= "~" else "?" for c in text[:64])


def _bad_query(text: str) -> Refused:
    return Refused(ManagementRefusal.INVALID_QUERY, fault=_printable_text(text))


def _bad_body(text: str) -> Refused:
    return Refused(ManagementRefusal.INVALID_BODY, fault=_printable_text(text))


def _printable_text(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:512])
