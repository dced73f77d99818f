"""An enrolment as Auth0's Guardian API writes it.

Rule 1: pure. Source: Auth0 Management API v2 "Guardian", members as typed in auth0-python.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.policy import masked
from gateword.policy.authentication_method import CHANNELS, device
from gateword.policy.timestamp import written

AUTH_METHODS: Final[Mapping[Kind, str]] = {
    Kind.PUSH: "guardian",
    Kind.TOTP: "authenticator",
    Kind.SMS: "sms",
    Kind.VOICE: "sms",
}
"""Kinds that are enrolments, and what Auth0 calls them; its list has no other words."""

KINDS: Final = (*AUTH_METHODS, Kind.EMAIL)
"""Kinds of which an enrolment can be asked for by id."""


def rendered(one: Authenticator) -> dict[str, object]:
    """Return an enrolment; what is not known of it is left out."""
    document = {
        "id": f"dev_{device(one.id)}",
        "status": "confirmed" if one.is_confirmed else "pending",
        "name": one.name,
        "phone_number": masked.phone(one.target) if one.kind in CHANNELS else "",
        "enrolled_at": written(one.confirmed_at) if one.confirmed_at else "",
        "last_auth": written(one.last_used_at) if one.last_used_at else "",
    }
    return {name: value for name, value in document.items() if value}


def of_user(one: Authenticator) -> dict[str, object]:
    """Return an enrolment as it stands in the list of a user's."""
    method = AUTH_METHODS[one.kind]
    return {**rendered(one), "type": method, "auth_method": method}
