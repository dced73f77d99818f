"""The sections of an export that are kept as documents: rules, Actions, protection, delivery."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.policy import (
    action_document,
    attack_protection,
    email_template,
    log_stream_document,
    mfa_settings,
    rule_document,
    script_settings,
)
from gateword.policy import guardian_document as guardian
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.provision.draft import Draft
from gateword.provision.plan_protection import ATTACK_PROTECTION, EXTRAS_SECTION

_ACTION: Final = ("name", "code", "runtime", "dependencies", "supported_triggers")


def documents(draft: Draft) -> dict[str, object]:
    """Return these sections, in the order of the format."""
    return {
        "rules": _rules(draft),
        "actions": _actions(draft),
        "triggers": _triggers(draft),
        "attackProtection": _attack_protection(draft),
        **_extras(draft),
        **_script_settings(draft),
        **_mfa_settings(draft),
        **_guardian(draft),
        "logStreams": _log_streams(draft),
        "emailTemplates": [
            dict(kept.document)
            for kept in sorted(kept_of(draft, email_template.KIND), key=lambda kept: kept.id)
        ],
    }


def kept_of(draft: Draft, kind: str) -> list[Kept]:
    """Return the documents of a kind."""
    return list(draft.documents.get(kind, {}).values())


def without(document: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    """Return a document without some members."""
    return {name: value for name, value in document.items() if name not in names}


def _rules(draft: Draft) -> list[Mapping[str, object]]:
    rules = [kept.document for kept in kept_of(draft, rule_document.KIND)]
    return sorted(rules, key=rule_document.order_of)


def _actions(draft: Draft) -> list[object]:
    found: list[object] = []
    for kept in sorted(kept_of(draft, action_document.KIND), key=lambda one: one.name or ""):
        action = kept.document
        secrets = action.get("secrets")
        named = [{"name": one["name"]} for one in secrets] if isinstance(secrets, list) else []
        found.append(
            {
                **{name: action[name] for name in _ACTION},
                "secrets": named,
                "deployed": action["all_changes_deployed"],
            }
        )
    return found


def _triggers(draft: Draft) -> dict[str, object]:
    names = {kept.id: kept.name for kept in kept_of(draft, action_document.KIND)}
    return {
        kept.id: [
            {"action_name": names[str(one["action_id"])], "display_name": one["display_name"]}
            for one in action_document.bound(kept.document)
            if one["action_id"] in names
        ]
        for kept in sorted(kept_of(draft, action_document.BINDINGS_KIND), key=lambda kept: kept.id)
    }


def _attack_protection(draft: Draft) -> dict[str, object]:
    kept = draft.documents.get(attack_protection.KIND, {})
    return {
        name: attack_protection.effective(id_, kept[id_].document if id_ in kept else None)
        for name, id_ in ATTACK_PROTECTION.items()
    }


def _extras(draft: Draft) -> dict[str, object]:
    """Return our own section, where it says anything: Auth0's tools refuse a file that has it."""
    kept = draft.documents.get(attack_protection.KIND, {}).get(EXTRAS)
    settings = attack_protection.effective(EXTRAS, kept.document if kept else None)
    if settings == attack_protection.DEFAULTS[EXTRAS]:
        return {}
    return {EXTRAS_SECTION: settings}


def _mfa_settings(draft: Draft) -> dict[str, object]:
    """Return our own section of second factors, where it says anything, for the same reason."""
    kept = draft.documents.get(mfa_settings.KIND, {}).get(mfa_settings.ID)
    settings = mfa_settings.effective(kept.document if kept else None)
    return {} if settings == mfa_settings.DEFAULTS else {mfa_settings.SECTION: settings}


def _script_settings(draft: Draft) -> dict[str, object]:
    """Return our own section of scripts, where it says anything, for the same reason."""
    kept = draft.documents.get(script_settings.KIND, {}).get(script_settings.ID)
    settings = script_settings.effective(kept.document if kept else None)
    return {} if settings == script_settings.DEFAULTS else {script_settings.SECTION: settings}


def _guardian(draft: Draft) -> dict[str, object]:
    kept = draft.documents.get(guardian.KIND, {})
    stored = {id_: one.document for id_, one in kept.items()}
    factors = [guardian.factor(name, stored.get(name)) for name in guardian.FACTORS]
    sections: dict[str, object] = {
        "guardianFactors": [without(factor, ("trial_expired",)) for factor in factors],
        "guardianPolicies": {"policies": guardian.policies(stored.get(guardian.POLICIES_ID))},
    }
    providers, templates = [], []
    for path, document in sorted(stored.items()):
        factor, _, rest = path.partition("/")
        if rest == "templates":
            templates.append({"name": factor, **document})
        elif rest.startswith("providers/"):
            provider = rest.removeprefix("providers/")
            providers.append({"name": factor, "provider": provider, **document})
    if templates:
        sections["guardianFactorTemplates"] = templates
    if providers:
        sections["guardianFactorProviders"] = providers
    for path, section in (
        ("phone/selected-provider", "guardianPhoneFactorSelectedProvider"),
        ("phone/message-types", "guardianPhoneFactorMessageTypes"),
    ):
        if path in stored:
            sections[section] = dict(stored[path])
    return sections


def _log_streams(draft: Draft) -> list[object]:
    found: list[object] = []
    for kept in sorted(kept_of(draft, log_stream_document.KIND), key=lambda one: one.name or ""):
        shown = {name: value for name, value in kept.document.items() if not name.startswith("_")}
        if shown["status"] == log_stream_document.SUSPENDED:
            del shown["status"]  # nobody can set it
        found.append(shown)
    return found
