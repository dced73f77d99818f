"""Bodies and answers of Actions, and their pages, which have a form of their own."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.management.pages import MAX_PAGE, MAX_PER_PAGE
from gateword.management.resource import Call, Document
from gateword.management.schema import Schema, array, flag, free, obj, secret, text, whole
from gateword.policy import action_document as policy

_DEFAULT_PER_PAGE: Final = 50

TRIGGER: Final = obj(
    {
        "id": text(choices=policy.TRIGGERS),
        "version": text(most=16),
        "status": text(),
        "runtimes": array(text()),
        "default_runtime": text(),
        "compatible_triggers": array(free()),
        "binding_policy": text(),
    },
    required=("id",),
)
_SECRET: Final = obj(
    {
        "name": text(least=1, most=128),
        "value": secret("Goes in and never comes out.", least=0),
        "updated_at": text(),
    },
    required=("name",),
)
_DEPENDENCY: Final = obj(
    {
        "name": text(least=1, most=256),
        "version": text(most=128),
        "registry_url": text(most=2048),
    },
    required=("name",),
)
CREATED: Final = obj(
    {
        "name": text("Unique name.", least=1, most=255),
        "supported_triggers": array(TRIGGER, "The one trigger it is for.", least=1, most=1),
        "code": text("JavaScript.", most=policy.MAX_CODE_CHARS),
        "dependencies": array(_DEPENDENCY, "npm modules.", most=50),
        "runtime": text("Version of Node it is written for.", choices=policy.RUNTIMES),
        "secrets": array(_SECRET, "Values that the code reads.", most=50),
        "modules": array(free(), "Not supported: empty.", most=0),
        "deploy": flag("Deploy it at once."),
    },
    required=("name", "supported_triggers"),
)
_CONTENTS: Final[Mapping[str, Schema]] = {
    "supported_triggers": array(TRIGGER),
    "code": text(most=policy.MAX_CODE_CHARS),
    "dependencies": array(_DEPENDENCY),
    "runtime": text(),
    "secrets": array(obj({"name": text(), "updated_at": text()})),
    "status": text(),
    "created_at": text(),
    "updated_at": text(),
    "built_at": text(),
}
VERSION: Final = obj(
    {
        "id": text(),
        "action_id": text(),
        "number": whole(),
        "deployed": flag(),
        "errors": array(free()),
        "action": free(),
        **_CONTENTS,
    },
    required=("id", "action_id", "number", "deployed"),
)
ACTION: Final = obj(
    {
        "id": text(),
        "name": text(),
        "all_changes_deployed": flag(),
        "deployed_version": VERSION,
        "errors": array(free(), "Why it cannot be built; only when it cannot."),
        **_CONTENTS,
    },
    required=("id", "name", "supported_triggers", "all_changes_deployed"),
)
PAGE_QUERY: Final[Mapping[str, Schema]] = {
    "page": whole("Page, counted from 0.", most=MAX_PAGE),
    "per_page": whole("Items of a page.", least=1, most=MAX_PER_PAGE),
}


def page_schema(key: str, item: Schema) -> Schema:
    """Return the schema of one page of a list."""
    return obj(
        {"total": whole(), "page": whole(), "per_page": whole(), key: array(item)},
        required=(key, "total", "page", "per_page"),
    )


def page(call: Call, key: str, items: Sequence[Document]) -> Document:
    """Return the asked page of a list: `{key, total, page, per_page}`."""
    number, size = call.query.get("page", 0), call.query.get("per_page", _DEFAULT_PER_PAGE)
    if not isinstance(number, int) or not isinstance(size, int):
        raise TypeError(call.query)
    cut = items[number * size : (number + 1) * size]
    return {key: cut, "total": len(items), "page": number, "per_page": size}
