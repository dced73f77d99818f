"""Second factors as Auth0's Management API writes them: switches, policies, providers, texts.

Rule 1: pure. Rule 2: kept are only what somebody has set; everything else has its default.
Source: Auth0 Management API v2 "Guardian", recorded answers; members as typed in auth0-python.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateword.policy import phone_messages
from gateword.policy.members import Members
from gateword.values import dataclass, field

KIND: Final = "guardian"
FACTORS: Final = (
    "sms", "push-notification", "otp", "email", "duo", "webauthn-roaming", "webauthn-platform",
    "recovery-code",
)  # fmt: skip
POLICIES_ID: Final = "policies"
POLICIES: Final = ("all-applications", "confidence-score")
ENROLLMENT_FACTORS: Final = (
    "push-notification", "phone", "email", "otp", "webauthn-roaming", "webauthn-platform"
)  # fmt: skip
MAX_TEXT_CHARS: Final = 4096
_NO_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A document about a factor, under `/guardian/factors/{path}`.

    Attributes:
        path: Also its id among the documents of the kind.
        texts: Members that are text.
        flags: Members that are switches.
        sets: Members that are sets, and what may be in them.
        secrets: Members that are text and never answered.
        choices: What a text may be.
        default: What is answered before anybody set it.
    """

    path: str
    texts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_CHOICES)
    secrets: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_CHOICES)
    default: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_patched(self) -> bool:
        """Whether it can be changed member by member, as Auth0's push providers and Duo can."""
        return self.path.startswith(("push-notification/providers/", "duo/"))


_SMS_PROVIDERS: Final = {
    "provider": (phone_messages.OWN, phone_messages.TWILIO, phone_messages.HOOK)
}
_PUSH_PROVIDERS: Final = {"provider": ("guardian", "sns", "direct")}
_TEMPLATES: Final = dict.fromkeys(
    (phone_messages.ENROLLMENT, phone_messages.VERIFICATION), phone_messages.DEFAULT
)


def _twilio(factor: str) -> Setting:
    return Setting(
        path=f"{factor}/providers/twilio",
        texts=("from", "messaging_service_sid", "sid"),
        secrets=("auth_token",),
    )


def _chosen(factor: str, choices: Mapping[str, tuple[str, ...]]) -> Setting:
    return Setting(
        path=f"{factor}/selected-provider",
        texts=("provider",),
        choices=choices,
        default={"provider": choices["provider"][0]},
    )


def _templates(factor: str) -> Setting:
    return Setting(path=f"{factor}/templates", texts=tuple(_TEMPLATES), default=_TEMPLATES)


SETTINGS: Final = (
    Setting(
        path="phone/message-types",
        sets={"message_types": ("sms", "voice")},
        default={"message_types": []},
    ),
    _chosen("phone", _SMS_PROVIDERS),
    _chosen("sms", _SMS_PROVIDERS),
    _chosen("push-notification", _PUSH_PROVIDERS),
    _templates("phone"),
    _templates("sms"),
    _twilio("phone"),
    _twilio("sms"),
    Setting(
        path="push-notification/providers/sns",
        texts=(
            "aws_access_key_id", "aws_region", "sns_apns_platform_application_arn",
            "sns_gcm_platform_application_arn",
        ),
        secrets=("aws_secret_access_key",),
    ),
    Setting(
        path="push-notification/providers/apns",
        texts=("bundle_id",),
        flags=("sandbox",),
        secrets=("p12",),
    ),
    Setting(path="push-notification/providers/fcm", secrets=("server_key",)),
    Setting(path="push-notification/providers/fcmv1", secrets=("server_credentials",)),
    Setting(path="duo/settings", texts=("ikey", "host"), secrets=("skey",)),
)  # fmt: skip
"""All of them; what a factor does with them comes with the factor."""


def factor(name: str, stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return a factor's wire form; nobody's trial ever ends here."""
    enabled = stored is not None and stored.get("enabled") is True
    return {"name": name, "enabled": enabled, "trial_expired": False}


def switched(members: Members) -> dict[str, object]:
    """Return what a document makes of a factor's switch."""
    if members.given("enabled") is None:
        members.fault("enabled is required")
    made: dict[str, object] = {"enabled": members.flag("enabled", kept=False, reset=False)}
    members.only()
    return made


def policies(stored: Mapping[str, object] | None) -> list[str]:
    """Return the policies that demand a second factor."""
    kept = (stored or {}).get("policies")
    return [str(one) for one in kept] if isinstance(kept, list | tuple) else []


def policies_document(named: Iterable[object]) -> dict[str, object]:
    """Return what is kept of the policies."""
    return {"policies": [str(one) for one in named]}


def setting(about: Setting, stored: Mapping[str, object] | None) -> Mapping[str, object]:
    """Return a setting as it is answered."""
    return about.default if stored is None else stored


def replaced(about: Setting, members: Members) -> dict[str, object]:
    """Return a setting as a document has it; what it leaves out has its default again."""
    made = dict(about.default)
    for name in about.texts:
        value = members.optional_text(name, None, choices=about.choices.get(name, ()))
        if value is not None:
            made[name] = value
    for name in about.flags:
        if members.given(name) is not None:
            made[name] = members.flag(name, kept=False, reset=False)
    for name, choices in about.sets.items():
        made[name] = list(members.texts(name, (), choices=choices))
    for name in about.secrets:
        members.given(name)
    members.only()
    return made


def secrets(
    about: Setting, document: Mapping[str, object], kept: Mapping[str, str]
) -> dict[str, str]:
    """Return a setting's secrets; one that a document leaves out stays, null takes it away."""
    merged = {**{name: kept.get(name) for name in about.secrets}}
    merged |= {name: str(document[name]) for name in about.secrets if document.get(name)}
    gone = {name for name in about.secrets if name in document and not document[name]}
    return {name: value for name, value in merged.items() if value and name not in gone}
