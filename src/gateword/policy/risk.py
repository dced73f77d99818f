"""Whether a login looks like a robot's, by the signals that this flow has.

Rule 1: pure. Auth0 publishes no model; ours is an address's spent budget of failed logins, and
whether the user ever logged in from it (ADR 0012).
"""

from collections.abc import Mapping
from typing import Final

_SPENT: Final[Mapping[str, float]] = {"low": 0.75, "medium": 0.5, "high": 0.25}
"""Share of its budget that an address must have spent to be risky, by level of detection."""

_LEVELS: Final = ("low", "medium", "high")


def is_risky(spent: float, level: str, *, is_known: bool, is_alarmed: bool = False) -> bool:
    """Say whether a login is risky.

    Args:
        spent: Share of the address's budget of failed logins that is gone, 0 to 1.
        level: low, medium or high.
        is_known: The user logged in from there before.
        is_alarmed: The tenant is under attack: the next higher level counts.
    """
    position = _LEVELS.index(level) + is_alarmed
    return not is_known and spent >= _SPENT[_LEVELS[min(position, len(_LEVELS) - 1)]]
