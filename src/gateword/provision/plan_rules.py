"""The sections `rules`, `rulesConfigs` and `x-gateword-scripts` of a file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gateword.policy import mfa_settings, rule_document, script_settings
from gateword.policy.members import Members
from gateword.ports.documents import Kept
from gateword.provision.changes import Change, compared, hidden
from gateword.provision.draft import RULES_CONFIG, Draft, KeptWrite
from gateword.provision.naming import by_name
from gateword.values import replace

_ID_CHARS: Final = 16
_KEY: Final = re.compile(r"[A-Za-z0-9_\-@*+:]{1,127}")
MAX_VALUE_CHARS: Final = 4096


def plan_rules(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the rules of the file come to; they are matched by name."""
    stored = draft.documents.get(rule_document.KIND, {})
    kept = dict(stored)
    items_by_id: dict[str, Members] = {}
    for name, item in by_name(items, "a rule"):
        rule = _rule(draft, item, name, kept)
        kept[rule.id], items_by_id[rule.id] = rule, item
    _check_order(kept, items_by_id)
    draft.documents[rule_document.KIND] = kept
    for id_ in items_by_id:
        before = stored[id_].document if id_ in stored else None
        after = kept[id_]
        draft.changes.append(compared("rule", str(after.name), before, after.document))
    draft.writes += _writes(stored, [kept[id_] for id_ in items_by_id])


def _rule(draft: Draft, item: Members, name: str, kept: Mapping[str, Kept]) -> Kept:
    stored = next((one for one in kept.values() if one.name == name), None)
    if stored is None:
        behind = rule_document.next_order(one.document for one in kept.values())
        rule = rule_document.created(item, behind)
        id_ = f"{rule_document.ID_PREFIX}{draft.dice.letters(_ID_CHARS)}"
    else:
        rule = rule_document.changed(item, stored.document)
        id_ = stored.id
    return Kept(id=id_, name=name, position=rule_document.order_of(rule), document=rule)


def _check_order(kept: Mapping[str, Kept], items: Mapping[str, Members]) -> None:
    holders: dict[int | None, str] = {}
    for one in sorted(kept.values(), key=lambda rule: rule.id in items):
        holder = holders.setdefault(one.position, one.id)
        if holder != one.id and one.id in items:
            items[one.id].fault(f"is the order of the rule {kept[holder].name} too", "order")


def _writes(stored: Mapping[str, Kept], rules: Iterable[Kept]) -> Iterator[KeptWrite]:
    """Return what to store: rules that change places leave the old one before any takes its new."""
    changed = [
        rule for rule in rules if rule.id not in stored or stored[rule.id].document != rule.document
    ]
    for rule in changed:
        if rule.id in stored and stored[rule.id].position != rule.position:
            yield KeptWrite(rule_document.KIND, replace(stored[rule.id], position=None))
    for rule in changed:
        yield KeptWrite(rule_document.KIND, rule)


def plan_rules_configs(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the values for rules come to; they are matched by key."""
    kept = draft.documents.setdefault(RULES_CONFIG, {})
    seen: set[str] = set()
    for item in items:
        key = item.required_text("key")
        value = item.secret("value")
        item.only()
        if key in seen:
            item.fault(f"{key} stands in the file twice", "key")
        elif key and not _KEY.fullmatch(key):
            item.fault("holds 1 to 127 of A-Z a-z 0-9 _ - @ * + :", "key")
        elif key and value is None:
            item.fault("value is required")
        elif key and value is not None:
            stored = kept.get(key)
            kept[key] = Kept(id=key, document={}, secret=value)
            change = _changed_value(stored, kept[key])
            draft.changes.append(change)
            if change.action != "unchanged":
                draft.writes.append(KeptWrite(RULES_CONFIG, kept[key]))
        seen.add(key)


def plan_script_settings(draft: Draft, section: Members) -> None:
    """Note what the settings of scripts come to; they merge."""
    kept = draft.documents.setdefault(script_settings.KIND, {})
    stored = kept[script_settings.ID].document if script_settings.ID in kept else None
    after = script_settings.changed(section, stored)
    kept[script_settings.ID] = Kept(id=script_settings.ID, document=after)
    write = KeptWrite(script_settings.KIND, kept[script_settings.ID])
    before = script_settings.effective(stored)
    draft.note(write, "settings of scripts", script_settings.ID, before, after)


def plan_mfa_settings(draft: Draft, section: Members) -> None:
    """Note what the settings of second factors come to; they merge."""
    kept = draft.documents.setdefault(mfa_settings.KIND, {})
    stored = kept[mfa_settings.ID].document if mfa_settings.ID in kept else None
    after = mfa_settings.changed(section, stored)
    kept[mfa_settings.ID] = Kept(id=mfa_settings.ID, document=after)
    write = KeptWrite(mfa_settings.KIND, kept[mfa_settings.ID])
    before = mfa_settings.effective(stored)
    draft.note(write, "settings of second factors", mfa_settings.ID, before, after)


def _changed_value(stored: Kept | None, now: Kept) -> Change:
    if stored is None:
        return Change(kind="rules config", name=now.id, action="created")
    if stored.secret == now.secret:
        return Change(kind="rules config", name=now.id, action="unchanged")
    return Change(
        kind="rules config",
        name=now.id,
        action="updated",
        members=("value",),
        differences=(hidden("value"),),
    )
