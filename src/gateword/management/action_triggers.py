"""`/actions/triggers`: where Actions can be bound, and which are, in what order.

Source: Auth0 Management API v2 "Actions: triggers"; members as typed in auth0-python.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.action_schemas import ACTION, PAGE_QUERY, TRIGGER, page, page_schema
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import array, obj, text
from gateword.policy import action_document as policy
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept

_PATH: Final = "/actions/triggers/{trigger_id}/bindings"
_REFERENCES: Final = ("binding_id", "action_id", "action_name")
_BINDING: Final = obj(
    {
        "id": text(),
        "trigger_id": text(),
        "display_name": text(),
        "action": ACTION,
        "created_at": text(),
        "updated_at": text(),
    }
)
_BINDINGS: Final = obj(
    {
        "bindings": array(
            obj(
                {
                    "ref": obj(
                        {
                            "type": text(choices=_REFERENCES),
                            "value": text("Id or name.", least=1, most=255),
                        },
                        required=("type", "value"),
                    ),
                    "display_name": text(most=255),
                },
                required=("ref",),
            ),
            "All that are to be bound, in order.",
            most=100,
        )
    },
    required=("bindings",),
)  # fmt: skip


async def all_triggers(call: Call) -> Document:  # noqa: ARG001  a `Run`: the same for everybody
    """Answer the triggers in all their versions."""
    return {"triggers": policy.triggers()}


async def bindings(call: Call) -> Document:
    """Answer what is bound to a trigger, in order."""
    trigger = _trigger(call)
    kept = await call.parts.stores.documents.get(policy.BINDINGS_KIND, trigger)
    return page(call, "bindings", await _shown(call, trigger, kept))


async def bind(call: Call) -> Document:
    """Replace what is bound to a trigger."""
    trigger = _trigger(call)
    actions = {one.id: one for one in await call.parts.stores.documents.all(policy.KIND)}
    asked = [one for one in _listed(call.body["bindings"]) if isinstance(one, Mapping)]
    ids = [str(UUID(hex=call.parts.dice.hex(32), version=4)) for _ in asked]

    def made(present: Mapping[str, Kept]) -> Kept:
        before = present.get(trigger)
        known = policy.bound(before.document) if before else []
        chosen = [
            _bound(one, id_, trigger, known, actions, written(call.at))
            for one, id_ in zip(asked, ids, strict=True)
        ]
        if len({str(one["action_id"]) for one in chosen}) < len(chosen):
            raise _refuse("An action can be bound to a trigger only once")
        return Kept(id=trigger, document={"bindings": chosen})

    kept = await call.parts.stores.documents.edit(policy.BINDINGS_KIND, made, call.at)
    return {"bindings": await _shown(call, trigger, kept)}


def _bound(
    asked: Document,
    id_: str,
    trigger: str,
    known: Sequence[Document],
    actions: Mapping[str, Kept],
    at: str,
) -> Document:
    """Return a binding as it is kept; one that was there keeps its id."""
    action = _action(asked["ref"], known, actions)
    if not policy.supports(action.document, trigger):
        raise _refuse(f"The action {action.name} is not for this trigger")
    if "deployed" not in action.document:
        raise _refuse(f"The action {action.name} is not deployed")
    before = next((one for one in known if one["action_id"] == action.id), None)
    name = asked.get("display_name")
    kept: Document = {
        "id": before["id"] if before else id_,
        "action_id": action.id,
        "display_name": name if isinstance(name, str) else action.name,
        "created_at": before["created_at"] if before else at,
        "updated_at": at,
    }
    return before if before and before["display_name"] == kept["display_name"] else kept


def _action(ref: object, known: Sequence[Document], actions: Mapping[str, Kept]) -> Kept:
    if not isinstance(ref, Mapping):
        raise TypeError(ref)
    kind, value = ref["type"], ref["value"]
    if kind == "binding_id":
        value = next((one["action_id"] for one in known if one["id"] == value), None)
    for action in actions.values():
        if value == (action.name if kind == "action_name" else action.id):
            return action
    raise _refuse(f"No action has the {kind} that stands in bindings")


async def _shown(call: Call, trigger: str, kept: Kept | None) -> list[Document]:
    """Return the wire form of what is bound; what was deleted meanwhile is bound no more."""
    actions = {one.id: one for one in await call.parts.stores.documents.all(policy.KIND)}
    return [
        {
            "id": one["id"],
            "trigger_id": trigger,
            "display_name": one["display_name"],
            "action": policy.shown(action.id, action.document),
            "created_at": one["created_at"],
            "updated_at": one["updated_at"],
        }
        for one in (policy.bound(kept.document) if kept else [])
        if (action := actions.get(str(one["action_id"]))) is not None
    ]


def _trigger(call: Call) -> str:
    trigger = call.path["trigger_id"]
    if trigger not in policy.TRIGGERS:
        raise Refused(ManagementRefusal.NO_TRIGGER)
    return trigger


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _refuse(what: str) -> Refused:
    return Refused(ManagementRefusal.BODY_CONFLICT, text=what)


RESOURCE: Final = Resource(
    name="action-triggers",
    doc="Where Actions are bound.",
    verbs=(
        Verb(
            method="GET",
            path="/actions/triggers",
            scopes=("read:actions",),
            run=all_triggers,
            summary="Get triggers",
            answer=obj({"triggers": array(TRIGGER)}, required=("triggers",)),
        ),
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:actions",),
            run=bindings,
            summary="Get what is bound to a trigger",
            query=PAGE_QUERY,
            answer=page_schema("bindings", _BINDING),
            refusals=(ManagementRefusal.NO_TRIGGER,),
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=("update:actions",),
            run=bind,
            summary="Bind actions to a trigger",
            body=_BINDINGS,
            answer=obj({"bindings": array(_BINDING)}, required=("bindings",)),
            refusals=(ManagementRefusal.NO_TRIGGER, ManagementRefusal.BODY_CONFLICT),
        ),
    ),
)
