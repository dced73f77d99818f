"""The sections `actions` and `triggers` of a file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from gateword.policy import action_document
from gateword.policy.members import Members, did_you_mean
from gateword.ports.documents import Kept
from gateword.provision import sealed
from gateword.provision.draft import Draft, KeptWrite
from gateword.provision.naming import by_name

_STATE: Final = (
    "id", "deployed", "status", "all_changes_deployed", "installed_integration_id", "created_at",
    "updated_at", "built_at", "deployed_version",
)  # fmt: skip
"""Members that say how an Action is, not what it is; of them `deployed` is acted upon."""

_CONTENTS: Final = ("name", "supported_triggers", "code", "dependencies", "runtime")


def plan_actions(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the Actions of the file come to; they are matched by name."""
    kept = draft.documents.setdefault(action_document.KIND, {})
    for name, item in by_name(items, "an Action"):
        _plan(draft, item, name, kept)


def _plan(draft: Draft, item: Members, name: str, kept: dict[str, Kept]) -> None:
    stored = next((one for one in kept.values() if one.name == name), None)
    given = {member: value for member, value in item.present().items() if member not in _STATE}
    contents = Members(given, item.path, item.faults)
    if stored is None:
        id_ = _uuid(draft)
        action = action_document.created(contents, draft.at)
    else:
        id_ = stored.id
        action = action_document.changed(contents, stored.document, draft.at)
    held = sealed.opened(stored, {}, dict[str, dict[str, str]])
    values, without = action_document.present_values(given.get("secrets"), action, held)
    for secret in without:
        item.fault(f"the secret {secret} needs a value: put it into a variable", "secrets")
    before = None if stored is None else _compared(stored.document, held)
    after = _compared(action, values)
    if stored is not None and before == after:
        action = dict(stored.document)
    wants_deployed = item.flag("deployed", kept=False, reset=False)
    for error in action_document.missing(action) if wants_deployed else ():
        item.fault(str(error["msg"]), "dependencies")
    if wants_deployed and not action["all_changes_deployed"]:
        # Code that Auth0 has accepted is taken over as it is; what does not compile is told.
        action = action_document.judged(action, None)
        action = action_document.deployed(action, _uuid(draft), draft.at)
        values = action_document.kept_values(action, values)
    if stored is not None and before is not None:
        before["deployed"] = stored.document["all_changes_deployed"]
        after["deployed"] = action["all_changes_deployed"]
    secrets = sealed.closed({owner: dict(known) for owner, known in values.items() if known})
    now = Kept(id=id_, name=name, document=action, secret=secrets)
    kept[id_] = now
    draft.note(KeptWrite(action_document.KIND, now), "action", name, before, after)


def _compared(action: Mapping[str, object], values: action_document.Values) -> dict[str, object]:
    present = dict(values.get(action_document.PRESENT, {}))
    return {**{name: action[name] for name in _CONTENTS}, "secrets": present}


def _uuid(draft: Draft) -> str:
    return str(UUID(hex=draft.dice.hex(32), version=4))


def plan_triggers(draft: Draft, section: Members) -> None:
    """Note which Actions are bound to the triggers of the file, in their order."""
    kept = draft.documents.setdefault(action_document.BINDINGS_KIND, {})
    actions = {one.name: one for one in draft.documents.get(action_document.KIND, {}).values()}
    names = {one.id: one.name for one in actions.values()}
    for trigger in section.present():
        if trigger not in action_document.TRIGGERS:
            section.unknown(trigger, action_document.TRIGGERS)
            continue
        before = kept.get(trigger)
        known = action_document.bound(before.document) if before else []
        items = section.items(trigger) or []
        bound = [_bound(draft, item, trigger, actions, known) for item in items]
        chosen = [one for one in bound if one is not None]
        now = Kept(id=trigger, document={"bindings": chosen})
        kept[trigger] = now
        draft.note(
            KeptWrite(action_document.BINDINGS_KIND, now),
            "trigger",
            trigger,
            {"bindings": _shown(known, names)},
            {"bindings": _shown(chosen, names)},
        )


def _bound(
    draft: Draft,
    item: Members,
    trigger: str,
    actions: Mapping[str | None, Kept],
    known: Sequence[Mapping[str, object]],
) -> Mapping[str, object] | None:
    name = item.required_text("action_name")
    shown = item.text("display_name", name, name)
    item.only()
    action = actions.get(name)
    if action is None:
        hint = did_you_mean(name, [str(one) for one in actions])
        item.fault(f"no Action is named {name}{hint}", "action_name")
        return None
    if not action_document.supports(action.document, trigger):
        item.fault(f"the Action {name} is not for this trigger", "action_name")
    if "deployed" not in action.document:
        item.fault(f"the Action {name} is not deployed; set deployed: true", "action_name")
    before = next((one for one in known if one["action_id"] == action.id), None)
    if before is not None and before["display_name"] == shown:
        return before
    return {
        "id": before["id"] if before else _uuid(draft),
        "action_id": action.id,
        "display_name": shown,
        "created_at": before["created_at"] if before else draft.at,
        "updated_at": draft.at,
    }


def _shown(
    bindings: Iterable[Mapping[str, object]], names: Mapping[str, str | None]
) -> list[object]:
    return [
        {"action_name": names.get(str(one["action_id"])), "display_name": one["display_name"]}
        for one in bindings
    ]
