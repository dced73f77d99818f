"""What scripts and administrators are told of the second factors that a user has confirmed.

Rule 1: pure. Rule 2: only kinds are known here, since they stand with the user: no login asks for
more. Source: Auth0 "User Object Properties in Rules", "Actions: event.user.enrolledFactors".
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.mfa import FACTORS, Kind

_GUARDIAN: Final = "guardian"
_APP: Final = "google-authenticator"
_KINDS: Final = {kind.value: kind for kind in Kind}
_OF_GUARDIAN: Final = frozenset({Kind.PUSH.value, Kind.SMS.value, Kind.VOICE.value})
_METHODS: Final = {Kind.SMS: "sms", Kind.VOICE: "voice"}


def providers(factors: Sequence[str]) -> list[str]:
    """Return the providers in which a user has enrolled: `user.multifactor`.

    An address is none of them, nor a recovery code. The codes that a push device shows are its own,
    so that beside one no app is told of.
    """
    found = [_GUARDIAN] if _OF_GUARDIAN & set(factors) else []
    has_app = Kind.TOTP.value in factors and Kind.PUSH.value not in factors
    return [*found, _APP] if has_app else found


def factors(kinds: Sequence[str]) -> list[dict[str, str]]:
    """Return the factors in which a user has enrolled: `event.user.enrolledFactors`."""
    known = [_KINDS[name] for name in kinds if name in _KINDS]
    return [
        {"type": FACTORS[kind]} | ({"method": _METHODS[kind]} if kind in _METHODS else {})
        for kind in FACTORS
        if kind in known
    ]
