"""The objects of attack protection as Auth0's Management API writes them: six of Auth0's, one ours.

Rule 1: pure. Rule 2: shields and notification frequencies are sets, stored in order; what a
change leaves out stays, also inside `stage`; null goes back to the default.
Source: Auth0 Management API v2 "Attack Protection", recorded answers.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import ip_network
from typing import Final, TypeAlias

from gateword.policy import protection_extras
from gateword.policy.members import Members
from gateword.policy.protection_extras import EXTRAS

Document: TypeAlias = Mapping[str, object]

KIND: Final = "attack_protection"
MAX_ALLOWLIST: Final = 100
MAX_ATTEMPTS: Final = 100
MAX_NUMBER: Final = 2**31 - 1

BRUTE_FORCE: Final = "brute-force-protection"
SUSPICIOUS_IP: Final = "suspicious-ip-throttling"
BREACHED_PASSWORD: Final = "breached-password-detection"
BOT_DETECTION: Final = "bot-detection"
CAPTCHA: Final = "captcha"
PHONE_PROVIDER: Final = "phone-provider-protection"

BRUTE_FORCE_SHIELDS: Final = ("block", "user_notification")
BRUTE_FORCE_MODES: Final = ("count_per_identifier_and_ip", "count_per_identifier")
FORM_SUBMISSION_MODES: Final = ("auto", "manual")
SUSPICIOUS_IP_SHIELDS: Final = ("admin_notification", "block")
SUSPICIOUS_IP_STAGES: Final = ("pre-login", "pre-user-registration", "pre-custom-token-exchange")
BREACHED_SHIELDS: Final = ("admin_notification", "block", "user_notification")
BREACHED_STAGE_SHIELDS: Final = ("admin_notification", "block")
BREACHED_STAGES: Final = ("pre-user-registration", "pre-change-password")
FREQUENCIES: Final = ("immediately", "daily", "weekly", "monthly")
METHODS: Final = ("standard", "enhanced")
BOT_LEVELS: Final = ("low", "medium", "high")
CHALLENGE_POLICIES: Final = ("never", "when_risky", "always")
CHALLENGES: Final = (
    "challenge_password_policy",
    "challenge_passwordless_policy",
    "challenge_password_reset_policy",
)
PHONE_BACK_OFFS: Final = ("default", "exponential")
PROVIDERS: Final[Mapping[str, Mapping[str, type]]] = {
    "simple_captcha": {},
    "auth_challenge": {"fail_open": bool},
    "recaptcha_v2": {"site_key": str},
    "recaptcha_enterprise": {"site_key": str, "project_id": str},
    "hcaptcha": {"site_key": str},
    "friendly_captcha": {"site_key": str},
    "arkose": {
        "site_key": str, "client_subdomain": str, "verify_subdomain": str, "fail_open": bool
    },
}  # fmt: skip
"""Captcha providers, and what of them is kept and answered."""

PROVIDER_SECRETS: Final = ("secret", "api_key")
"""What a provider may be given and nobody here has a use for: it is not kept."""

DEFAULTS: Final[Mapping[str, Document]] = {
    BRUTE_FORCE: {
        "enabled": True,
        "shields": ["block", "user_notification"],
        "mode": "count_per_identifier_and_ip",
        "allowlist": [],
        "max_attempts": 10,
    },
    SUSPICIOUS_IP: {
        "enabled": True,
        "shields": ["admin_notification", "block"],
        "allowlist": [],
        "stage": {
            "pre-login": {"max_attempts": 100, "rate": 864_000},
            "pre-user-registration": {"max_attempts": 50, "rate": 1_200},
            "pre-custom-token-exchange": {"max_attempts": 10, "rate": 600_000},
        },
    },
    BREACHED_PASSWORD: {
        "enabled": False,
        "shields": [],
        "admin_notification_frequency": [],
        "method": "standard",
        "stage": {
            "pre-user-registration": {"shields": []},
            "pre-change-password": {"shields": []},
        },
    },
    BOT_DETECTION: {
        "challenge_password_policy": "never",
        "challenge_passwordless_policy": "never",
        "challenge_password_reset_policy": "never",
        "allowlist": [],
        "bot_detection_level": "medium",
        "monitoring_mode_enabled": False,
    },
    CAPTCHA: {"simple_captcha": {}, "auth_challenge": {"fail_open": False}},
    PHONE_PROVIDER: {"type": "default"},
    EXTRAS: protection_extras.DEFAULTS,
}
"""What each is before anybody changed it; `rate` is milliseconds until one more try is free."""


def effective(name: str, stored: Document | None) -> Document:
    """Return one of the objects as it is in force."""
    known = stored or {}
    lacking = {member: value for member, value in DEFAULTS[name].items() if member not in known}
    return {**known, **lacking}


def changed(name: str, members: Members, stored: Document | None) -> dict[str, object]:
    """Return one of the objects with what a document says of it."""
    made = _READERS[name](members, effective(name, stored), DEFAULTS[name])
    members.only()
    return made


def _brute_force(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    made = {
        "enabled": _flag(members, "enabled", kept, reset),
        "shields": _set(members, "shields", kept, reset, BRUTE_FORCE_SHIELDS),
        "mode": _choice(members, "mode", kept, reset, BRUTE_FORCE_MODES),
        "allowlist": _addresses(members, kept),
        "max_attempts": _whole(members, "max_attempts", kept, reset, MAX_ATTEMPTS),
    }
    mode = kept.get("form_submission_mode")
    mode = members.optional_text(
        "form_submission_mode", mode if isinstance(mode, str) else None,
        choices=FORM_SUBMISSION_MODES,
    )  # fmt: skip
    return made if mode is None else made | {"form_submission_mode": mode}


def _suspicious_ip(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    stages = {
        name: {
            "max_attempts": _whole(inner, "max_attempts", old, default, MAX_NUMBER),
            "rate": _whole(inner, "rate", old, default, MAX_NUMBER),
        }
        for name, inner, old, default in _stages(members, kept, reset)
    }
    return {
        "enabled": _flag(members, "enabled", kept, reset),
        "shields": _set(members, "shields", kept, reset, SUSPICIOUS_IP_SHIELDS),
        "allowlist": _addresses(members, kept),
        "stage": stages,
    }


def _breached_password(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    stages = {
        name: {"shields": _set(inner, "shields", old, default, BREACHED_STAGE_SHIELDS)}
        for name, inner, old, default in _stages(members, kept, reset)
    }
    frequency = _set(members, "admin_notification_frequency", kept, reset, FREQUENCIES)
    given = members.given("stage")
    is_staged = isinstance(given, Mapping) and any(given.values())
    if "admin_notification_frequency" not in members and is_staged:
        frequency = []  # recorded: a stage without a frequency empties it, an empty stage does not
    return {
        "enabled": _flag(members, "enabled", kept, reset),
        "shields": _set(members, "shields", kept, reset, BREACHED_SHIELDS),
        "admin_notification_frequency": frequency,
        "method": _choice(members, "method", kept, reset, METHODS),
        "stage": stages,
    }


def _bot_detection(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    challenges = {
        name: _choice(members, name, kept, reset, CHALLENGE_POLICIES) for name in CHALLENGES
    }
    return {
        **challenges,
        "allowlist": _addresses(members, kept),
        "bot_detection_level": _choice(members, "bot_detection_level", kept, reset, BOT_LEVELS),
        "monitoring_mode_enabled": _flag(members, "monitoring_mode_enabled", kept, reset),
    }


def _captcha(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    active = kept.get("active_provider_id")
    active = members.optional_text(
        "active_provider_id", active if isinstance(active, str) else None, choices=PROVIDERS
    )
    made: dict[str, object] = {} if active is None else {"active_provider_id": active}
    for name, kinds in PROVIDERS.items():
        if name not in members:
            known = kept.get(name)
        elif members.given(name) is None:
            known = reset.get(name)
        else:
            known = _provider(members.member(name), kinds)
        if known is not None:
            made[name] = known
    return made


def _phone_provider(members: Members, kept: Document, reset: Document) -> dict[str, object]:
    return {"type": _choice(members, "type", kept, reset, PHONE_BACK_OFFS)}


def _provider(members: Members, kinds: Mapping[str, type]) -> dict[str, object]:
    for name in PROVIDER_SECRETS:
        members.secret(name)
    made: dict[str, object] = {}
    for name, kind in kinds.items():
        if members.given(name) is not None:
            made[name] = (
                members.flag(name, kept=False, reset=False)
                if kind is bool
                else members.text(name, "")
            )
    members.only()
    return made


def _stages(
    members: Members, kept: Document, reset: Document
) -> Iterator[tuple[str, Members, Document, Document]]:
    """Return each stage: its name and members, what it was, and what null makes of it."""
    was = reset if "stage" in members and members.given("stage") is None else kept
    stage = members.member("stage")
    for name in _inner(reset, "stage"):
        inner = stage.member(name)
        yield name, inner, _inner(was, "stage", name), _inner(reset, "stage", name)
        inner.only()
    stage.only()


def _flag(members: Members, name: str, kept: Document, reset: Document) -> bool:
    return members.flag(name, kept=kept[name] is True, reset=reset[name] is True)


def _choice(
    members: Members, name: str, kept: Document, reset: Document, choices: Collection[str]
) -> str:
    return members.text(name, str(kept[name]), str(reset[name]), choices=choices)


def _set(
    members: Members, name: str, kept: Document, reset: Document, choices: Collection[str]
) -> list[str]:
    return sorted(members.texts(name, _texts(kept[name]), _texts(reset[name]), choices=choices))


def _whole(members: Members, name: str, kept: Document, reset: Document, most: int) -> int:
    return members.whole(name, _number(kept[name]), _number(reset[name]), least=1, most=most)


def _addresses(members: Members, kept: Document) -> list[str]:
    """Return the allowlist: addresses and networks as they were written, in their order."""
    found = members.texts("allowlist", _texts(kept["allowlist"]))
    if len(found) > MAX_ALLOWLIST:
        members.fault(f"holds at most {MAX_ALLOWLIST} addresses", "allowlist")
    for position, text in enumerate(found):
        try:
            ip_network(text, strict=False)
        except ValueError:
            members.fault("must be an IP address or a network (CIDR)", "allowlist", position)
    return list(found)


def _inner(document: Document, *names: str) -> Document:
    for name in names:
        inner = document[name]
        document = inner if isinstance(inner, Mapping) else {}
    return document


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1


_READERS: Final[Mapping[str, Callable[[Members, Document, Document], dict[str, object]]]] = {
    BRUTE_FORCE: _brute_force,
    SUSPICIOUS_IP: _suspicious_ip,
    BREACHED_PASSWORD: _breached_password,
    BOT_DETECTION: _bot_detection,
    CAPTCHA: _captcha,
    PHONE_PROVIDER: _phone_provider,
    EXTRAS: protection_extras.read,
}
