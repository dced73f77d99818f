"""`/hooks`: scripts that run where machines ask for tokens; one of them at most is on.

Source: Auth0 Management API v2 "Hooks".
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.script import Kind
from gateword.management.action_store import new_uuid
from gateword.management.compiled import check
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, changes, flag, obj, text
from gateword.policy import hook_document as policy
from gateword.ports.documents import Kept
from gateword.values import replace

_CREATED: Final = obj(
    {
        "name": text("Unique name.", most=policy.MAX_NAME_CHARS, pattern=policy.NAME),
        "script": text("JavaScript module.", least=1, most=policy.MAX_SCRIPT_CHARS),
        "triggerId": text("Where it runs.", choices=policy.TRIGGERS),
        "enabled": flag("Whether it runs; of those of a trigger one at most."),
        "dependencies": obj({}, "npm modules and versions.", others=text(most=128)),
    },
    required=("name", "script", "triggerId"),
)
_HOOK: Final[Schema] = obj(
    {
        "id": text(),
        "name": text(),
        "script": text(most=policy.MAX_SCRIPT_CHARS),
        "triggerId": text(),
        "enabled": flag(),
        "dependencies": obj({}, others=text()),
    },
    required=("id", "name", "script", "triggerId", "enabled"),
)
_ONE: Final = "/hooks/{id}"
_TAKEN: Final = "A hook with the same name already exists"
_ENABLED: Final = "Another hook of this trigger is enabled: there can be only one"


async def all_hooks(call: Call) -> list[Document]:
    """Answer the hooks."""
    enabled = call.query.get("enabled")
    found = [_shown(kept) for kept in await call.parts.stores.documents.all(policy.KIND)]
    return [hook for hook in found if enabled is None or hook["enabled"] is enabled]


async def one(call: Call) -> Document:
    """Answer a hook."""
    return _shown(await stored(call))


async def create(call: Call) -> Document:
    """Create a hook."""
    id_ = new_uuid(call)
    await check(call, Kind.HOOK)

    def made(present: Mapping[str, Kept]) -> Kept:
        return _fitting(Kept(id=id_, document=policy.created(call.body)), present)

    return _shown(await call.parts.stores.documents.edit(policy.KIND, made, call.at))


async def change(call: Call) -> Document:
    """Change a hook."""
    await check(call, Kind.HOOK, (await stored(call)).document["script"])

    def made(present: Mapping[str, Kept]) -> Kept:
        before = there(present, call.path["id"])
        hook = policy.changed(call.body, before.document)
        return _fitting(replace(before, document=hook), present)

    return _shown(await call.parts.stores.documents.edit(policy.KIND, made, call.at))


async def remove(call: Call) -> None:
    """Delete a hook with its secrets; one that is not there is gone already."""
    await call.parts.stores.documents.remove(policy.KIND, call.path["id"])


async def stored(call: Call) -> Kept:
    """Return the hook of the path.

    Raises:
        Refused: NO_HOOK.
    """
    kept = await call.parts.stores.documents.get(policy.KIND, call.path["id"])
    if kept is None:
        raise Refused(ManagementRefusal.NO_HOOK)
    return kept


def there(present: Mapping[str, Kept], id_: str) -> Kept:
    """Return a hook of those that are kept.

    Raises:
        Refused: NO_HOOK.
    """
    kept = present.get(id_)
    if kept is None:
        raise Refused(ManagementRefusal.NO_HOOK)
    return kept


def _fitting(hook: Kept, present: Mapping[str, Kept]) -> Kept:
    """Return the hook, if it can run, and no other one has its name or its place."""
    if missing := policy.unknown(hook.document["dependencies"]):
        fault = f"the module {missing[0]} is not available on property dependencies"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    for other in present.values():
        if other.id == hook.id:
            continue
        if other.name == hook.document["name"]:
            raise Refused(ManagementRefusal.CONFLICT, text=_TAKEN)
        if other.document["enabled"] is True and hook.document["enabled"] is True:
            raise Refused(ManagementRefusal.CONFLICT, text=_ENABLED)
    return replace(hook, name=str(hook.document["name"]))


def _shown(kept: Kept) -> Document:
    return policy.shown(kept.id, kept.document)


_CONFLICTS: Final = (ManagementRefusal.CONFLICT,)

RESOURCE: Final = Resource(
    name="hooks",
    doc="Scripts that run where machines ask for tokens.",
    verbs=(
        Verb(
            method="GET",
            path="/hooks",
            scopes=("read:hooks",),
            run=all_hooks,
            summary="Get hooks",
            query={
                "enabled": flag("Only those that run (true) or do not (false)."),
                "triggerId": text("Only those of this trigger.", choices=policy.TRIGGERS),
            },
            listed=Listed(key="hooks", item=_HOOK),
            fields=True,
        ),
        Verb(
            method="POST",
            path="/hooks",
            scopes=("create:hooks",),
            run=create,
            summary="Create a hook",
            body=_CREATED,
            status=201,
            answer=_HOOK,
            refusals=_CONFLICTS,
        ),
        Verb(
            method="GET",
            path=_ONE,
            scopes=("read:hooks",),
            run=one,
            summary="Get a hook",
            fields=True,
            answer=_HOOK,
            refusals=(ManagementRefusal.NO_HOOK,),
        ),
        Verb(
            method="PATCH",
            path=_ONE,
            scopes=("update:hooks",),
            run=change,
            summary="Update a hook",
            body=changes(_CREATED, without=("triggerId",)),
            answer=_HOOK,
            refusals=(ManagementRefusal.NO_HOOK, *_CONFLICTS),
        ),
        Verb(
            method="DELETE",
            path=_ONE,
            scopes=("delete:hooks",),
            run=remove,
            summary="Delete a hook",
            status=204,
        ),
    ),
)
