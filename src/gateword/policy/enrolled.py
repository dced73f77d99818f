"""What scripts are told of a user's second factors.

Rule 1: pure. Source: Auth0 "User Object Properties in Rules", "Actions Triggers: post-login - Event
Object"; templates test `user.multifactor` for `guardian`.
"""

from collections.abc import Sequence

from gateword.domain.mfa import FACTORS, STRONG, Kind


def providers(kinds: Sequence[str]) -> list[str]:
    """Return `user.multifactor`.

    Args:
        kinds: Of the user's confirmed authenticators.
    """
    return ["guardian"] if kinds and any(kind.value in kinds for kind in STRONG) else []


def factors(kinds: Sequence[str]) -> list[dict[str, str]]:
    """Return `event.user.enrolledFactors`.

    Args:
        kinds: Of the user's confirmed authenticators.
    """
    found = (
        factor
        for kind, factor in FACTORS.items()
        if kind.value in kinds and kind is not Kind.RECOVERY_CODE
    )
    return [{"type": factor} for factor in dict.fromkeys(found)]
