"""`/attack-protection`: objects that are always there; a change answers the whole.

Source: Auth0 Management API v2 "Attack Protection", recorded answers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, changes, flag, obj, secret, text, whole
from gateword.policy import attack_protection as policy
from gateword.policy import protection_extras as extras
from gateword.ports.documents import Kept

_ALLOWLIST: Final = array(
    text(least=1, most=64), "Addresses and networks.", most=policy.MAX_ALLOWLIST, unique=True
)


def _set(*choices: str) -> Schema:
    return array(text(choices=choices), most=len(choices), unique=True)


def _stages(members: Mapping[str, Schema], *names: str) -> Schema:
    return obj({name: changes(obj(members)) for name in names})


def _provider(name: str) -> Schema:
    kinds = policy.PROVIDERS[name]
    members = {
        member: flag() if kind is bool else text(most=4096) for member, kind in kinds.items()
    }
    secrets = {member: secret() for member in policy.PROVIDER_SECRETS}
    return obj(members | (secrets if "site_key" in kinds else {}))


def _extra(name: str) -> Schema:
    meaning, default = extras.MEANING[name], extras.DEFAULTS[name]
    if name in extras.MOST:
        return whole(meaning, most=extras.MOST[name])
    if isinstance(default, bool):
        return flag(meaning)
    if name == "lockout_style":
        return text(meaning, choices=extras.LOCKOUT_STYLES)
    return text(meaning, most=extras.MAX_EMAIL_CHARS)


_RATE: Final = {
    "max_attempts": whole(least=1, most=policy.MAX_NUMBER),
    "rate": whole("Milliseconds until one more is free.", least=1, most=policy.MAX_NUMBER),
}
_SCHEMAS: Final[Mapping[str, Schema]] = {
    policy.BRUTE_FORCE: obj({
        "enabled": flag(),
        "shields": _set(*policy.BRUTE_FORCE_SHIELDS),
        "mode": text(choices=policy.BRUTE_FORCE_MODES),
        "allowlist": _ALLOWLIST,
        "max_attempts": whole(least=1, most=policy.MAX_ATTEMPTS),
        "form_submission_mode": text(choices=policy.FORM_SUBMISSION_MODES),
    }),
    policy.SUSPICIOUS_IP: obj({
        "enabled": flag(),
        "shields": _set(*policy.SUSPICIOUS_IP_SHIELDS),
        "allowlist": _ALLOWLIST,
        "stage": _stages(_RATE, *policy.SUSPICIOUS_IP_STAGES),
    }),
    policy.BREACHED_PASSWORD: obj({
        "enabled": flag(),
        "shields": _set(*policy.BREACHED_SHIELDS),
        "admin_notification_frequency": _set(*policy.FREQUENCIES),
        "method": text(choices=policy.METHODS),
        "stage": _stages(
            {"shields": _set(*policy.BREACHED_STAGE_SHIELDS)}, *policy.BREACHED_STAGES
        ),
    }),
    policy.BOT_DETECTION: obj({
        **{name: text(choices=policy.CHALLENGE_POLICIES) for name in policy.CHALLENGES},
        "allowlist": _ALLOWLIST,
        "bot_detection_level": text(choices=policy.BOT_LEVELS),
        "monitoring_mode_enabled": flag(),
    }),
    policy.CAPTCHA: obj({
        "active_provider_id": text(choices=policy.PROVIDERS),
        **{name: _provider(name) for name in policy.PROVIDERS},
    }),
    policy.PHONE_PROVIDER: obj({
        "type": text("Stored without effect.", choices=policy.PHONE_BACK_OFFS),
    }),
    extras.EXTRAS: obj({name: _extra(name) for name in extras.DEFAULTS}),
}  # fmt: skip
_TITLES: Final = {extras.EXTRAS: "Gateword's own attack protection"}


def _get(name: str) -> Callable[[Call], Awaitable[Document]]:
    async def run(call: Call) -> Document:
        kept = await call.parts.stores.documents.get(policy.KIND, name)
        return policy.effective(name, kept.document if kept else None)

    return run


def _patch(name: str) -> Callable[[Call], Awaitable[Document]]:
    async def run(call: Call) -> Document:
        def made(present: Mapping[str, Kept]) -> Kept:
            before = present.get(name)
            stored = before.document if before else None
            document = read(call.body, lambda members: policy.changed(name, members, stored))
            return Kept(id=name, document=document)

        kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
        return kept.document

    return run


def _verbs(name: str) -> tuple[Verb, Verb]:
    path, what = f"/attack-protection/{name}", _TITLES.get(name, name.replace("-", " "))
    return (
        Verb(
            method="GET",
            path=path,
            scopes=("read:attack_protection",),
            run=_get(name),
            summary=f"Get {what}",
            answer=_SCHEMAS[name],
        ),
        Verb(
            method="PATCH",
            path=path,
            scopes=("update:attack_protection",),
            run=_patch(name),
            summary=f"Update {what}",
            body=changes(_SCHEMAS[name]),
            answer=_SCHEMAS[name],
            refusals=(ManagementRefusal.INVALID_BODY,),
        ),
    )


RESOURCE: Final = Resource(
    name="attack-protection",
    doc="What keeps guessing away.",
    verbs=tuple(verb for name in policy.DEFAULTS for verb in _verbs(name)),
)
