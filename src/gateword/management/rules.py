"""`/rules`: scripts that run at each login, in their order.

Source: Auth0 Management API v2 "Rules", recorded answers.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.script import Kind
from gateword.management.compiled import check
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, changes, flag, obj, text, whole
from gateword.policy import rule_document
from gateword.policy.rule_document import ID_PREFIX, KIND
from gateword.ports.documents import Kept

_CREATED: Final = obj(
    {
        "name": text("Unique name.", most=rule_document.MAX_NAME_CHARS, pattern=rule_document.NAME),
        "script": text("JavaScript function.", most=rule_document.MAX_SCRIPT_CHARS),
        "order": whole("Place among the rules, unique.", most=rule_document.MAX_ORDER),
        "enabled": flag("Whether it runs."),
        "stage": text("When it runs.", choices=rule_document.STAGES),
    },
    required=("name", "script"),
)
_RULE: Final[Schema] = obj(
    {
        "id": text(),
        "name": text(),
        "script": text(most=rule_document.MAX_SCRIPT_CHARS),
        "enabled": flag(),
        "order": whole(),
        "stage": text(),
    },
    required=("id", "name", "script", "enabled", "order", "stage"),
)


async def all_rules(call: Call) -> list[Document]:
    """Answer the rules in their order."""
    enabled = call.query.get("enabled")
    rules = [_shown(kept) for kept in await call.parts.stores.documents.all(KIND)]
    return [rule for rule in rules if enabled is None or rule["enabled"] is enabled]


async def one(call: Call) -> Document:
    """Answer a rule."""
    return _shown(await _stored(call))


async def create(call: Call) -> Document:
    """Create a rule; without an order it stands behind all others."""
    id_ = f"{ID_PREFIX}{call.parts.dice.letters(16)}"
    await check(call, Kind.RULES)

    def made(present: Mapping[str, Kept]) -> Kept:
        behind = rule_document.next_order([kept.document for kept in present.values()])
        rule = read(call.body, lambda members: rule_document.created(members, behind))
        return _free(_kept(id_, rule), present)

    return _shown(await call.parts.stores.documents.edit(KIND, made, call.at))


async def change(call: Call) -> Document:
    """Change a rule."""
    id_ = call.path["id"]
    stored = (await _stored(call)).document["script"]
    await check(call, Kind.RULES, stored)

    def made(present: Mapping[str, Kept]) -> Kept:
        before = present.get(id_)
        if before is None:
            raise Refused(ManagementRefusal.NO_RULE)
        document = before.document
        rule = read(call.body, lambda members: rule_document.changed(members, document))
        return _free(_kept(id_, rule), present)

    return _shown(await call.parts.stores.documents.edit(KIND, made, call.at))


async def remove(call: Call) -> None:
    """Delete a rule; one that is not there is gone already."""
    await call.parts.stores.documents.remove(KIND, call.path["id"])


async def _stored(call: Call) -> Kept:
    kept = await call.parts.stores.documents.get(KIND, call.path["id"])
    if kept is None:
        raise Refused(ManagementRefusal.NO_RULE)
    return kept


def _kept(id_: str, rule: Mapping[str, object]) -> Kept:
    order = rule_document.order_of(rule)
    return Kept(id=id_, name=str(rule["name"]), position=order, document=rule)


def _free(rule: Kept, present: Mapping[str, Kept]) -> Kept:
    """Return the rule, if no other one has its name or its place."""
    for other in present.values():
        if other.id == rule.id:
            continue
        if other.name == rule.name:
            raise Refused(ManagementRefusal.RULE_NAME_TAKEN)
        if other.position == rule.position:
            raise Refused(ManagementRefusal.RULE_ORDER_TAKEN)
    return rule


def _shown(kept: Kept) -> Document:
    return {"id": kept.id, **kept.document}


_REFUSALS: Final = (ManagementRefusal.RULE_NAME_TAKEN, ManagementRefusal.RULE_ORDER_TAKEN)

RESOURCE: Final = Resource(
    name="rules",
    doc="Scripts that run at each login.",
    verbs=(
        Verb(
            method="GET",
            path="/rules",
            scopes=("read:rules",),
            run=all_rules,
            summary="Get rules",
            query={"enabled": flag("Only those that run (true) or do not (false).")},
            listed=Listed(key="rules", item=_RULE),
            fields=True,
        ),
        Verb(
            method="POST",
            path="/rules",
            scopes=("create:rules",),
            run=create,
            summary="Create a rule",
            body=_CREATED,
            status=201,
            answer=_RULE,
            refusals=_REFUSALS,
        ),
        Verb(
            method="GET",
            path="/rules/{id}",
            scopes=("read:rules",),
            run=one,
            summary="Get a rule",
            fields=True,
            answer=_RULE,
            refusals=(ManagementRefusal.NO_RULE,),
        ),
        Verb(
            method="PATCH",
            path="/rules/{id}",
            scopes=("update:rules",),
            run=change,
            summary="Update a rule",
            body=changes(_CREATED, without=("stage",)),
            answer=_RULE,
            refusals=(ManagementRefusal.NO_RULE, *_REFUSALS),
        ),
        Verb(
            method="DELETE",
            path="/rules/{id}",
            scopes=("delete:rules",),
            run=remove,
            summary="Delete a rule",
            status=204,
        ),
    ),
)
