"""Checks what was sent against a schema, and says what is wrong as Auth0's API does.

The texts name members and bounds, never values: a value may be a secret.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

import msgspec

from gateword.management.schema import Schema


def fault(schema: Schema, value: object) -> str | None:
    """Return what is wrong with a value, or None; of several faults unknown members come first."""
    return _checker(msgspec.json.encode(schema, order="deterministic"))(value)


@lru_cache(maxsize=512)
def _checker(schema: bytes) -> Callable[[object], str | None]:
    library: Any = import_module("jsonschema_rs")  # 30 ms that a server without management saves
    validator = library.Draft202012Validator(msgspec.json.decode(schema), validate_formats=True)

    def check(value: object) -> str | None:
        if validator.is_valid(value):
            return None
        if _is_large(value):
            return _first(validator, value)
        errors = sorted(validator.iter_errors(value), key=lambda error: error.kind.name)
        return _told(errors[0])

    return check


def _is_large(value: object) -> bool:
    """Say whether a value is made of so many that all of its faults would fill the memory."""
    seen, waiting = 0, [value]
    while waiting and seen <= _MOST_SEARCHED:
        one = waiting.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        seen += 1 + len(inner)
        if seen <= _MOST_SEARCHED:
            waiting += inner
    return seen > _MOST_SEARCHED


def _first(validator: Any, value: object) -> str:
    """Return the fault that is found first, whichever it is."""
    try:
        validator.validate(value)
    except ValueError as error:
        return _told(error)
    raise LookupError("a value that is not valid has a fault")


def _told(error: Any) -> str:
    kind = error.kind
    where = ".".join(map(str, error.instance_path))
    at = f" on property {where}" if where else ""
    if kind.name == "anyOf":
        return _any_of(kind, at)
    word = _TEXTS.get(kind.name, kind.name)
    if kind.name == "uniqueItems":
        return f"{word}{_twins(error.instance)}{at}"
    if kind.name in _WITHOUT_VALUE:
        return f"{word}{at}"
    value = kind.value
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{word}{shown}{at}"


def _twins(items: list[object]) -> str:
    """Return where the first item stands that is there twice, and where again."""
    first: dict[bytes, int] = {}
    again: dict[int, int] = {}
    for position, item in enumerate(items):
        earlier = first.setdefault(msgspec.json.encode(item, order="deterministic"), position)
        if earlier != position:
            again.setdefault(earlier, position)
    if not again:
        return ""  # numbers that are equal and not written alike
    return f" (indexes {min(again)} and {again[min(again)]})"


def _any_of(kind: Any, at: str) -> str:
    """Return the fault of the branch that is not null, which is what the caller meant."""
    for branch in kind.context:
        for error in branch:
            if not (error.kind.name == "type" and error.kind.value == ["null"]):
                return _told(error)
    return f"Value has none of the possible forms{at}"


_MOST_SEARCHED: Final = 10_000
_WITHOUT_VALUE: Final = frozenset({"oneOf", "not", "propertyNames"})
_TEXTS: Final[Mapping[str, str]] = {
    "additionalProperties": "Additional properties not allowed: ",
    "required": "Missing required property: ",
    "type": "Expected type ",
    "pattern": "String does not match pattern ",
    "enum": "No enum match, expected one of: ",
    "const": "Expected the value ",
    "format": "Object didn't pass validation for format ",
    "minLength": "String is too short, minimum characters: ",
    "maxLength": "String is too long, maximum characters: ",
    "minimum": "Value is less than minimum ",
    "maximum": "Value is greater than maximum ",
    "minItems": "Array is too short, minimum items: ",
    "maxItems": "Array is too long, maximum items: ",
    "uniqueItems": "Array items are not unique",
    "minProperties": "Too few properties defined, minimum: ",
    "maxProperties": "Too many properties defined, maximum: ",
}
