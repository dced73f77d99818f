"""Every verb of the Management API, to be walked by tests; what a resource adds comes by itself."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from gateword.management.resource import Resource, Verb
from gateword.resources import RESOURCES

Schema: TypeAlias = Mapping[str, Any]

VERBS: Final[dict[str, Verb]] = {
    f"{verb.method} {verb.path}": verb for resource in RESOURCES for verb in resource.verbs
}
RESOURCE_OF: Final[dict[str, Resource]] = {
    f"{verb.method} {verb.path}": resource for resource in RESOURCES for verb in resource.verbs
}

CANARY: Final = "canary-secret-that-no-log-may-hold"


def url(verb: Verb, value: str = "nobody") -> str:
    """Return a URL of a verb with this value in each place of its path."""
    return "/api/v2" + re.sub(r"\{[^}]+\}", quote(value, safe=""), verb.path)


def example(schema: Schema, *, everything: bool = False) -> Any:
    """Return a value that fits a schema; secrets in it are CANARY.

    Args:
        schema: As the words of `management/schema.py` make it.
        everything: Members that may be left out are there too.
    """
    if forms := schema.get("anyOf") or schema.get("oneOf"):
        return example(forms[0], everything=everything)
    if "const" in schema:
        return schema["const"]
    if choices := schema.get("enum"):
        return choices[0]
    return _OF_TYPE.get(str(schema.get("type")), _anything)(schema, everything=everything)


def _object(schema: Schema, *, everything: bool) -> dict[str, Any]:
    required = schema.get("required", ())
    least = schema.get("minProperties", 0)
    members = schema.get("properties", {})
    chosen = [name for name in members if everything or name in required]
    chosen += [name for name in members if name not in chosen][: max(0, least - len(chosen))]
    made = {name: example(members[name], everything=everything) for name in chosen}
    others = schema.get("additionalProperties")
    if len(made) < least and isinstance(others, Mapping):
        made["member"] = example(others, everything=everything)
    return made


def _array(schema: Schema, *, everything: bool) -> list[Any]:
    least = schema.get("minItems", 1 if everything else 0)
    return [example(schema.get("items", {}), everything=everything)] * min(1, least)


def _string(schema: Schema, *, everything: bool) -> str:  # noqa: ARG001  one of `_OF_TYPE`
    if schema.get("format") == "uri":
        return "https://example.test/x"
    least, most = schema.get("minLength", 0), schema.get("maxLength", 100)
    text = CANARY if schema.get("x-secret") else "x"
    return text.ljust(least, "x")[:most]


def _integer(schema: Schema, *, everything: bool) -> int:  # noqa: ARG001  the same
    return int(schema.get("minimum", 1))


def _anything(schema: Schema, *, everything: bool) -> Any:  # noqa: ARG001  the same
    return "x"


_OF_TYPE: Final[dict[str, Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _integer,
    "boolean": lambda _schema, **_: True,
    "null": lambda _schema, **_: None,
}
