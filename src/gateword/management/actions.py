"""`/actions/actions`: code that is kept, deployed and bound to triggers.

An Action's present contents and its deployed versions are one document, so that a deployment is
one transaction. Source: Auth0 Management API v2 "Actions"; members as typed in auth0-python.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.action_schemas import ACTION, CREATED, PAGE_QUERY, page, page_schema
from gateword.management.action_store import (
    deployed,
    new_uuid,
    sealed_action,
    stored,
    there,
    values_of,
)
from gateword.management.compiled import judged
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import changes, flag, text
from gateword.policy import action_document as policy
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept

_PATH: Final = "/actions/actions"
_TAKEN: Final = "An action with the same name already exists"
_BOUND: Final = "The action is bound to a trigger; detach it, or delete with force=true"


async def all_actions(call: Call) -> Document:
    """Answer the Actions, by name."""
    query = call.query
    found = [
        policy.shown(kept.id, kept.document)
        for kept in await call.parts.stores.documents.all(policy.KIND)
        if _fits(kept.document, query)
    ]
    return page(call, "actions", sorted(found, key=lambda action: str(action["name"])))


async def create(call: Call) -> Document:
    """Create an Action, and deploy it when the request says so."""
    id_, at = new_uuid(call), written(call.at)
    version_id = new_uuid(call) if call.body.get("deploy") is True else None
    action = await judged(call, read(call.body, lambda members: policy.created(members, at)))

    def made(present: Mapping[str, Kept]) -> Kept:
        kept = _kept(call, id_, action, None)
        if version_id is not None:
            kept = deployed(kept, version_id, at)
        return _named(kept, present)

    return await _edited(call, made)


async def one(call: Call) -> Document:
    """Answer an Action."""
    kept = await stored(call, call.path["id"])
    return policy.shown(kept.id, kept.document)


async def change(call: Call) -> Document:
    """Change an Action; what is deployed stays as it was."""
    id_, at = call.path["id"], written(call.at)

    def changed(before: Kept) -> Document:
        return read(call.body, lambda members: policy.changed(members, before.document, at))

    looked_at = await judged(call, changed(await stored(call, id_)))

    def made(present: Mapping[str, Kept]) -> Kept:
        before = there(present, id_)
        action = policy.judged_like(changed(before), looked_at)
        return _named(_kept(call, id_, action, before), present)

    return await _edited(call, made)


async def remove(call: Call) -> None:
    """Delete an Action with its versions; one that is not there is gone already."""
    documents, id_ = call.parts.stores.documents, call.path["id"]
    for bindings in await documents.all(policy.BINDINGS_KIND):
        bound = policy.bound(bindings.document)
        if not any(one["action_id"] == id_ for one in bound):
            continue
        if call.query.get("force") is not True:
            raise Refused(ManagementRefusal.CONFLICT, text=_BOUND)
        rest = [one for one in bound if one["action_id"] != id_]
        kept = Kept(id=bindings.id, document={"bindings": rest})
        await documents.put(policy.BINDINGS_KIND, kept, call.at)
    await documents.remove(policy.KIND, id_)


async def _edited(call: Call, made: Callable[[Mapping[str, Kept]], Kept]) -> Document:
    kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
    return policy.shown(kept.id, kept.document)


def _kept(call: Call, id_: str, action: Document, before: Kept | None) -> Kept:
    values, without = policy.present_values(call.body.get("secrets"), action, values_of(before))
    if without:
        fault = f"Missing required property: value on property secrets.{without[0]}"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    return sealed_action(id_, action, values)


def _named(action: Kept, present: Mapping[str, Kept]) -> Kept:
    if any(other.name == action.name and other.id != action.id for other in present.values()):
        raise Refused(ManagementRefusal.CONFLICT, text=_TAKEN)
    return action


def _fits(action: Document, query: Mapping[str, object]) -> bool:
    name, trigger, deployed = query.get("actionName"), query.get("triggerId"), query.get("deployed")
    return (
        (name is None or action["name"] == name)
        and (not isinstance(trigger, str) or policy.supports(action, trigger))
        and (deployed is None or ("deployed" in action) is deployed)
        and query.get("installed") is not True  # nothing here comes from a marketplace
    )


_ONE: Final = f"{_PATH}/{{id}}"
_NO_ACTION: Final = (ManagementRefusal.NO_ACTION,)

RESOURCE: Final = Resource(
    name="actions",
    doc="Code that is bound to triggers: `post-login` and `credentials-exchange` run.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:actions",),
            run=all_actions,
            summary="Get actions",
            query={
                "triggerId": text("Only those for this trigger.", choices=policy.TRIGGERS),
                "actionName": text("Only the one of this name.", most=255),
                "deployed": flag("Only those that are deployed (true) or are not (false)."),
                "installed": flag("Only those from a marketplace (true): there are none."),
                **PAGE_QUERY,
            },
            answer=page_schema("actions", ACTION),
        ),
        Verb(
            method="POST",
            path=_PATH,
            scopes=("create:actions",),
            run=create,
            summary="Create an action",
            body=CREATED,
            status=201,
            answer=ACTION,
            refusals=(ManagementRefusal.CONFLICT,),
        ),
        Verb(
            method="GET",
            path=_ONE,
            scopes=("read:actions",),
            run=one,
            summary="Get an action",
            answer=ACTION,
            refusals=_NO_ACTION,
        ),
        Verb(
            method="PATCH",
            path=_ONE,
            scopes=("update:actions",),
            run=change,
            summary="Update an action",
            body=changes(CREATED, without=("deploy",)),
            answer=ACTION,
            refusals=(*_NO_ACTION, ManagementRefusal.CONFLICT),
        ),
        Verb(
            method="DELETE",
            path=_ONE,
            scopes=("delete:actions",),
            run=remove,
            summary="Delete an action",
            query={"force": flag("Detach it from its triggers first.")},
            status=204,
            refusals=(ManagementRefusal.CONFLICT,),
        ),
    ),
)
