"""Words in which a resource says what its bodies, parameters and answers look like.

Each returns a JSON Schema (draft 2020-12), so that one declaration checks what comes in and stands
in the served OpenAPI document. `secret` marks text that no log may hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

Schema: TypeAlias = Mapping[str, object]

MAX_CHARS: Final = 65_536
MAX_ITEMS: Final = 1_000
SECRET_MARK: Final = "x-secret"
_NO_MEMBERS: Final[Mapping[str, Schema]] = {}


def text(
    doc: str = "",
    *,
    least: int = 0,
    most: int = MAX_CHARS,
    pattern: str | None = None,
    choices: Iterable[str] = (),
) -> Schema:
    """Return the schema of a text; lengths are in characters."""
    schema: dict[str, object] = {"type": "string"}
    if listed := list(choices):
        schema["enum"] = listed
    else:
        schema |= {"minLength": least, "maxLength": most}
    if pattern is not None:
        schema["pattern"] = pattern
    return _told(schema, doc)


def secret(doc: str = "", *, least: int = 1, most: int = 4096) -> Schema:
    """Return the schema of a text that no log may hold."""
    return {**text(doc, least=least, most=most), SECRET_MARK: True}


def uri(doc: str = "", *, most: int = 2048) -> Schema:
    """Return the schema of an absolute URI (RFC 3986), of whatever scheme."""
    return {**text(doc, least=1, most=most), "format": "uri"}


def flag(doc: str = "") -> Schema:
    """Return the schema of a switch."""
    return _told({"type": "boolean"}, doc)


def whole(doc: str = "", *, least: int = 0, most: int = 2**53) -> Schema:
    """Return the schema of a whole number."""
    return _told({"type": "integer", "minimum": least, "maximum": most}, doc)


def number(doc: str = "") -> Schema:
    """Return the schema of any number."""
    return _told({"type": "number"}, doc)


def array(
    items: Schema, doc: str = "", *, least: int = 0, most: int = MAX_ITEMS, unique: bool = False
) -> Schema:
    """Return the schema of a list."""
    schema: dict[str, object] = {"type": "array", "items": items, "maxItems": most}
    if least:
        schema["minItems"] = least
    if unique:
        schema["uniqueItems"] = True
    return _told(schema, doc)


def obj(
    members: Mapping[str, Schema] = _NO_MEMBERS,
    doc: str = "",
    *,
    required: Sequence[str] = (),
    others: Schema | bool = False,
    least: int = 0,
) -> Schema:
    """Return the schema of an object.

    Args:
        members: Name to schema.
        doc: What it is.
        required: Members that must be there.
        others: Whether further members may be there, and of what form.
        least: How many members there must be.
    """
    schema: dict[str, object] = {
        "type": "object",
        "properties": dict(members),
        "additionalProperties": others,
    }
    if required:
        schema["required"] = list(required)
    if least:
        schema["minProperties"] = least
    return _told(schema, doc)


def free(doc: str = "") -> Schema:
    """Return the schema of an object whose members are the caller's own."""
    return obj({}, doc, others=True)


def anything(doc: str = "") -> Schema:
    """Return the schema of any value."""
    return _told({}, doc)


def nullable(schema: Schema) -> Schema:
    """Return a schema that lets null through as well."""
    return {"anyOf": [schema, {"type": "null"}]}


def changes(created: Schema, *, without: Iterable[str] = (), least: int = 0) -> Schema:
    """Return the body that changes what the body `created` makes.

    Every member may be left out, null takes one back to its default, and `without` may not
    be changed at all. What `created` requires has no default, and may not be null.
    """
    members, required = created.get("properties"), created.get("required")
    left_out = frozenset(without)
    kept = frozenset(required if isinstance(required, Sequence) else ())
    changed = {
        name: schema if name in kept else nullable(schema)
        for name, schema in (members.items() if isinstance(members, Mapping) else ())
        if name not in left_out
    }
    others = created.get("additionalProperties", False)
    return obj(changed, others=others if isinstance(others, bool | Mapping) else False, least=least)


def _told(schema: dict[str, object], doc: str) -> Schema:
    return schema | {"description": doc} if doc else schema
