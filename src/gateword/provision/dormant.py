"""What a tenant holds that Auth0 would act on and this version does not.

Rule: pure. Only what would act is named: a rule that is switched off does nothing there either.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gateword.domain.connection import Connection
from gateword.policy import (
    action_document,
    action_event,
    attack_protection,
    database_scripts,
    rule_document,
    rule_lint,
    script_modules,
)
from gateword.policy import guardian_document as guardian
from gateword.policy.attack_protection import Document
from gateword.policy.connection_options import SCRIPTS
from gateword.policy.database_scripts import ASKED, LOGIN, MOVING_IN
from gateword.policy.guardian import SWITCHES
from gateword.provision.draft import Draft
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Dormant:
    """Something that is stored and does not act yet.

    Attributes:
        about: What it is, by name.
        text: What is so of it; read behind `about` it is a sentence.
    """

    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.about} {self.text}"


def in_sections(draft: Draft, sections: Mapping[str, object]) -> list[Dormant]:
    """Return what does not act of the sections that a file has."""
    kinds = dict.fromkeys(
        kind for kind, names in _SECTIONS.items() if any(name in sections for name in names)
    )
    return [dormant for kind in kinds for dormant in kind(draft)]


def stored(draft: Draft) -> list[Dormant]:
    """Return what does not act of what somebody has stored in a tenant, databases excepted."""
    return [dormant for kind in _SECTIONS if kind is not _scripts for dormant in kind(draft)]


def _rules(draft: Draft) -> Iterator[Dormant]:
    kept = draft.documents.get(rule_document.KIND, {}).values()
    documents = [one.document for one in kept if one.document["enabled"] is True]
    for rule in sorted(documents, key=rule_document.order_of):
        if missing := rule_lint.wants(str(rule["script"])):
            what = ", ".join(missing)
            yield Dormant(f"rule {rule['name']}", f"ends logins where it wants {what}: not there")


def _actions(draft: Draft) -> Iterator[Dormant]:
    kept = draft.documents.get(action_document.KIND, {}).values()
    for action in sorted(kept, key=lambda one: str(one.name)):
        version = action_document.running(action.document)
        if version is None:
            continue
        if not any(action_document.supports(version, trigger) for trigger in _TRIGGERS):
            yield Dormant(f"Action {action.name}", "is stored, and its trigger does not run yet")
        elif missing := script_modules.missing(str(version["code"])):
            what = ", ".join(missing)
            yield Dormant(
                f"Action {action.name}", f"ends logins where it wants {what}: not there yet"
            )


def _attack_protection(draft: Draft) -> Iterator[Dormant]:
    kept = draft.documents.get(attack_protection.KIND, {})
    names = [
        name
        for id_, what in _PARTS.items()
        if id_ in kept
        for name in what(kept[id_].document, attack_protection.DEFAULTS[id_])
    ]
    if names:
        yield Dormant("attack protection", f"has settings without effect: {', '.join(names)}")


def _captcha(now: Document, _default: Document) -> Iterator[str]:
    """There is no page that could show one: a login that looks like a robot's is refused."""
    if provider := now.get("active_provider_id"):
        yield f"captcha {provider}"


def _stages(now: Document, default: Document) -> Iterator[str]:
    """Tokens of others are not exchanged here."""
    name = attack_protection.SUSPICIOUS_IP_STAGES[-1]
    if now["enabled"] is True and _stage(now, name) != _stage(default, name):
        yield f"stage {name}"


def _stage(protection: Document, name: str) -> object:
    stages = protection["stage"]
    return stages.get(name) if isinstance(stages, Mapping) else None


def _challenges(now: Document, default: Document) -> Iterator[str]:
    """Nobody logs in without a password here; whoever forgot one has spent no failed login."""
    name = "challenge_passwordless_policy"
    if now.get(name) != default[name]:
        yield name
    if now.get("challenge_password_reset_policy") == "when_risky":
        yield "challenge_password_reset_policy when_risky, which acts as never"


def _methods(now: Document, _default: Document) -> Iterator[str]:
    """A corpus is what was imported; there is no second one that is fresher."""
    if now["enabled"] is True and now.get("method") == "enhanced":
        yield "method enhanced, which acts as standard"


def _phones(now: Document, default: Document) -> Iterator[str]:
    """No messages are sent to phones."""
    if now != default:
        yield "phone provider protection"


def _factors(draft: Draft) -> Iterator[Dormant]:
    kept = draft.documents.get(guardian.KIND, {})
    documents = {id_: one.document for id_, one in kept.items()}
    on = [
        name
        for name in guardian.FACTORS
        if guardian.factor(name, documents.get(name))["enabled"] is True
    ]
    if browsers := [name for name in on if name not in SWITCHES]:
        what = ", ".join(browsers)
        yield Dormant("second factors", f"that need a browser are never asked for: {what}")
    policies = guardian.policies(documents.get(guardian.POLICIES_ID))
    if policies and not set(on) & (SWITCHES.keys() - {"recovery-code"}):
        what = ", ".join(policies)
        yield Dormant(f"policy {what}", "ends logins: no second factor is on that could be shown")


def of_scripts(connection: Connection) -> Iterator[str]:
    """Return what does not act of a database's scripts, or ends what they are asked for."""
    if not connection.is_scripted:
        return
    if not database_scripts.source(connection, LOGIN):
        refused = (
            "users it does not have yet are unknown"
            if connection.imports_users
            else "every login is refused"
        )
        yield f"asks its scripts and has no login script, so {refused}"
    named = [one for one in SCRIPTS if database_scripts.source(connection, one)]
    for operation in named:
        wanted = script_modules.missing(database_scripts.source(connection, operation))
        if wanted:
            yield f"fails at script {operation} where it wants {', '.join(wanted)}: not there"
    asked = MOVING_IN if connection.imports_users else ASKED
    if idle := [one for one in named if one not in asked]:
        yield f"has scripts that are never asked: {', '.join(idle)}"


def _scripts(draft: Draft) -> Iterator[Dormant]:
    for name, connection in sorted(draft.connections.items()):
        for text in of_scripts(connection):
            yield Dormant(f"database {name}", text)


_TRIGGERS: Final = (action_event.POST_LOGIN, action_event.CREDENTIALS_EXCHANGE)
_PARTS: Final[Mapping[str, Callable[[Document, Document], Iterator[str]]]] = {
    attack_protection.SUSPICIOUS_IP: _stages,
    attack_protection.BREACHED_PASSWORD: _methods,
    attack_protection.BOT_DETECTION: _challenges,
    attack_protection.CAPTCHA: _captcha,
    attack_protection.PHONE_PROVIDER: _phones,
}
"""Objects of attack protection that hold what does not act, even where the rest of them does."""

_SECTIONS: Final[Mapping[Callable[[Draft], Iterator[Dormant]], tuple[str, ...]]] = {
    _rules: ("rules",),
    _actions: ("actions", "triggers"),
    _attack_protection: ("attackProtection",),
    _factors: ("guardianFactors", "guardianPolicies"),
    _scripts: ("databases",),
}
"""Each kind, and the sections of a file that hold it."""
