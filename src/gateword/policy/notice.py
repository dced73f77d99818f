"""What a letter of attack protection tells of, and how often the operator gets one.

Rule 1: pure. Source: Auth0 "Brute-force Protection", "Suspicious IP Throttling", "Breached Password
Detection"; attack-protection §5. A letter is written later than it is ordered, so what it tells of
travels with the order, as texts.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from gateword.domain.protection import LeakedShields, Protection
from gateword.policy.caller import counted
from gateword.policy.timestamp import written
from gateword.values import dataclass

BLOCKED: Final = "blocked_account"
STOLEN: Final = "stolen_credentials"
GUESSED: Final = "second_factor_guessed"
ALERT: Final = "admin_alert"
"""Kinds of letters: three to users, one to the operator. GUESSED is our own (mfa-api §9)."""

PRESSED: Final = "address"
LEAKED: Final = "leak"
ATTACKED: Final = "attack"
"""What the operator is told of: an address that comes too often, a password from a breach, an alarm
about all logins together."""

LOGIN: Final = "login"
SIGNUP: Final = "signup"
CHANGE: Final = "change"

HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 86_400_000
_PAUSES_MS: Final = {
    "immediately": HOUR_MS, "daily": _DAY_MS, "weekly": 7 * _DAY_MS, "monthly": 30 * _DAY_MS
}  # fmt: skip
_UNSAID: Final = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened, where from and when.

    Attributes:
        everywhere: The account is blocked for all addresses, not only for this one.
        what: PRESSED, LEAKED or ATTACKED, where it is for the operator.
        flow: LOGIN, SIGNUP or CHANGE.
    """

    address: str
    at: datetime
    everywhere: bool = False
    what: str = ""
    flow: str = LOGIN

    def order(self) -> dict[str, str]:
        """Return it as it stands in the order of a letter."""
        return {
            "address": self.address,
            "at": written(self.at),
            "everywhere": "yes" if self.everywhere else "",
            "what": self.what,
            "flow": self.flow,
        }

    @property
    def time(self) -> str:
        """When it happened, as people write it: `5 January 2026, 12:00 UTC`."""
        at = self.at.astimezone(UTC)
        return f"{at.day} {at:%B %Y, %H:%M} UTC"


def ordered(order: Mapping[str, str]) -> Notice | None:
    """Return what an order tells of; None when it tells of nothing."""
    if "at" not in order:
        return None
    return Notice(
        address=order["address"],
        at=datetime.fromisoformat(order["at"]),
        everywhere=bool(order["everywhere"]),
        what=order["what"],
        flow=order["flow"],
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the operator is told of something: once in that time under one key."""

    key: str
    pause_ms: int


def pace(protection: Protection, notice: Notice) -> Pace | None:
    """Return how often the operator is told of what happened; None is never.

    The shield `admin_notification` says whether, the frequency how often; where it says nothing,
    once a day. Of several frequencies the shortest counts: it tells what the others would.
    """
    if notice.what == ATTACKED:
        return Pace("alert:attack", HOUR_MS) if protection.extras.alarms else None
    place = counted(notice.address)
    if notice.what == PRESSED:
        is_told = protection.suspicious_ip.notifies_admin
        return Pace(f"alert:address:{notice.flow}", HOUR_MS) if is_told else None
    if not leak_shields(protection, notice.flow).notifies_admin:
        return None
    named = protection.breached.frequency
    frequency = next((one for one in _PAUSES_MS if one in named), _UNSAID)
    key = f"alert:leak:{place}" if frequency == "immediately" else "alert:leak"
    return Pace(key, _PAUSES_MS[frequency])


def is_told(protection: Protection, notice: Notice) -> bool:
    """Say whether there is an operator who wants to know of it at all."""
    return bool(protection.extras.admin_email) and pace(protection, notice) is not None


def leak_shields(protection: Protection, flow: str) -> LeakedShields:
    """Return what happens to a leaked password in that flow."""
    breached = protection.breached
    return {LOGIN: breached.login, SIGNUP: breached.signup, CHANGE: breached.change}[flow]
