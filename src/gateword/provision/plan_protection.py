"""The sections `attackProtection`, `x-gateword-attack-protection` and `guardian…` of a file."""

from collections.abc import Iterable, Mapping
from typing import Final

from gateword.policy import attack_protection
from gateword.policy import guardian_document as guardian
from gateword.policy.members import Members, did_you_mean
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.provision import sealed
from gateword.provision.draft import Draft, KeptWrite

ATTACK_PROTECTION: Final = {
    "bruteForceProtection": attack_protection.BRUTE_FORCE,
    "suspiciousIpThrottling": attack_protection.SUSPICIOUS_IP,
    "breachedPasswordDetection": attack_protection.BREACHED_PASSWORD,
    "botDetection": attack_protection.BOT_DETECTION,
    "captcha": attack_protection.CAPTCHA,
}
"""Member of the section to the document's id."""

EXTRAS_SECTION: Final = "x-gateword-attack-protection"
"""What Auth0 does not have; not in a section of its format, because its tools refuse the file."""


def plan_attack_protection(draft: Draft, section: Members) -> None:
    """Note what the settings of attack protection come to; each object merges."""
    for name, id_ in ATTACK_PROTECTION.items():
        item = section.member(name)
        if name in section and section.given(name) is not None:
            _plan_protection(draft, id_, item)
    section.only()


def plan_extras(draft: Draft, section: Members) -> None:
    """Note what Gateword's own settings of attack protection come to; they merge, too."""
    _plan_protection(draft, EXTRAS, section)


def _plan_protection(draft: Draft, id_: str, item: Members) -> None:
    kept = draft.documents.setdefault(attack_protection.KIND, {})
    stored = kept[id_].document if id_ in kept else None
    before = attack_protection.effective(id_, stored)
    after = attack_protection.changed(id_, item, stored)
    kept[id_] = Kept(id=id_, document=after)
    write = KeptWrite(attack_protection.KIND, kept[id_])
    draft.note(write, "attack protection", id_, before, after)


def plan_guardian_factors(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the switches of the second factors come to."""
    kept = draft.documents.setdefault(guardian.KIND, {})
    for item in items:
        name = item.required_text("name")
        item.given("trial_expired")
        stored = kept[name].document if name in kept else None
        document = guardian.switched(item)
        if name and name not in guardian.FACTORS:
            item.fault(f"no factor is named {name}{did_you_mean(name, guardian.FACTORS)}", "name")
        elif name:
            before = guardian.factor(name, stored)
            _note(draft, "guardian factor", name, Kept(id=name, document=document), before)


def plan_guardian_policies(draft: Draft, section: Members) -> None:
    """Note when a second factor is demanded."""
    kept = draft.documents.setdefault(guardian.KIND, {})
    stored = kept.get(guardian.POLICIES_ID)
    before = guardian.policies(stored.document if stored else None)
    named = section.texts("policies", tuple(before), choices=guardian.POLICIES)
    section.only()
    document = guardian.policies_document(named)
    now = Kept(id=guardian.POLICIES_ID, document=document)
    _note(draft, "guardian policies", "policies", now, {"policies": before})


def plan_factor_templates(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the texts of factors come to; they are matched by the factor's name."""
    for item in items:
        name = item.required_text("name")
        _plan_setting(draft, item, f"{name}/templates", "name")


def plan_factor_providers(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the providers of factors come to; they are matched by name and provider."""
    for item in items:
        path = f"{item.required_text('name')}/providers/{item.required_text('provider')}"
        _plan_setting(draft, item, path, "provider")


def plan_phone_provider(draft: Draft, section: Members) -> None:
    """Note who sends texts to phones."""
    _plan_setting(draft, section, "phone/selected-provider")


def plan_phone_message_types(draft: Draft, section: Members) -> None:
    """Note how phones are reached."""
    _plan_setting(draft, section, "phone/message-types")


def _plan_setting(draft: Draft, item: Members, path: str, *named_by: str) -> None:
    about = _SETTINGS.get(path)
    if about is None:
        item.fault(f"{path} is not known{did_you_mean(path, _SETTINGS)}", *named_by)
        return
    kept = draft.documents.setdefault(guardian.KIND, {}).get(path)
    before = guardian.setting(about, kept.document if kept else None)
    given = {name: value for name, value in item.present().items() if name not in named_by}
    given.pop("name", None)
    document = guardian.replaced(about, Members(given, item.path, item.faults))
    held = sealed.opened(kept, {}, dict[str, str])
    secrets = guardian.secrets(about, given, held)
    now = Kept(id=path, document=document, secret=sealed.closed(secrets))
    _note(draft, "guardian setting", path, now, {**before, "secrets": dict(held)}, secrets)


def _note(
    draft: Draft,
    kind: str,
    name: str,
    now: Kept,
    before: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
) -> None:
    draft.documents[guardian.KIND][now.id] = now
    after: dict[str, object] = dict(now.document)
    if secrets is not None:
        after["secrets"] = dict(secrets)
    known = {member: value for member, value in before.items() if member in after}
    draft.note(KeptWrite(guardian.KIND, now), kind, name, known, after)


_SETTINGS: Final = {about.path: about for about in guardian.SETTINGS}
