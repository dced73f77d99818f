"""Which second factors a tenant has switched on, and which of them can do what.

Rule 1: pure. Source: Auth0 "Multi-factor Authentication"; ADR 0019.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateword.domain.mfa import Kind
from gateword.policy import guardian_document
from gateword.values import dataclass, field

SWITCHES: Final[Mapping[str, str]] = {
    "otp": "otp",
    "push-notification": "push-notification",
    "sms": "phone",
    "email": "email",
    "recovery-code": "recovery-code",
}
"""Name of a switch to the factor in the words of `mfa_requirements`."""

CHALLENGED: Final = ("otp", "push-notification", "phone", "recovery-code", "email")
"""In the order of `mfa_requirements`."""

ENROLLED: Final = ("otp", "push-notification", "phone")
"""What a user without any factor may be told to set up; e-mail is never among them."""

_MESSAGE_TYPES: Final = "phone/message-types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """What a tenant has switched on.

    Attributes:
        factors: In the words of `mfa_requirements`.
        channels: How codes may go to a phone: `sms`, `voice`.
        policies: When a second factor is demanded.
    """

    factors: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ("sms",)
    policies: tuple[str, ...] = field(default=())

    def allows(self, kind: Kind) -> bool:
        """Say whether authenticators of a kind count."""
        if kind in (Kind.SMS, Kind.VOICE):
            return "phone" in self.factors and kind.value in self.channels
        return kind.factor in self.factors


def in_force(kept: Iterable[tuple[str, Mapping[str, object]]]) -> Guardian:
    """Return what the documents of the kind come to.

    Args:
        kept: Id and document of each.
    """
    documents = dict(kept)
    on = (
        factor
        for name, factor in SWITCHES.items()
        if guardian_document.factor(name, documents.get(name))["enabled"]
    )
    types = (documents.get(_MESSAGE_TYPES) or {}).get("message_types")
    channels = tuple(str(one) for one in types) if isinstance(types, list | tuple) else ()
    return Guardian(
        factors=frozenset(on),
        channels=channels or ("sms",),
        policies=tuple(guardian_document.policies(documents.get(guardian_document.POLICIES_ID))),
    )
