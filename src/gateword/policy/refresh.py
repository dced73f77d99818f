"""What happens when a refresh token is presented.

Rule 1: pure. Rule 2: order comes from counters, never from time stamps; time only ends things.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from gateword.domain.client import RefreshPolicy
from gateword.domain.token import RefreshToken
from gateword.values import dataclass

FAMILIES_PER_USER_AND_CLIENT: Final = 200
"""Active families a user may hold at one client; the oldest go first (Auth0: "Refresh tokens")."""

Reason: TypeAlias = Literal[
    "unknown", "other_client", "revoked", "expired_idle", "expired_absolute", "reused"
]


@dataclass(frozen=True, slots=True)
class Keep:
    """Non-rotating: the same token stays good."""


@dataclass(frozen=True, slots=True)
class Rotate:
    """Rotating: issue a successor of this generation.

    Attributes:
        counter: Generation of the successor.
        sibling: The token was used before, within the leeway.
    """

    counter: int
    sibling: bool = False


@dataclass(frozen=True, slots=True)
class Convert:
    """The client's setting changed since the token was issued.

    Attributes:
        rotating: How the successor is issued. Switched on, the other non-rotating families of
            user, client and audience end; switched off, this token's family ends.
    """

    rotating: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """Worth nothing; `retire` ends the whole family."""

    reason: Reason
    retire: bool = False


Decision: TypeAlias = Keep | Rotate | Convert | Refuse


def decide(
    token: RefreshToken | None, client_id: str, policy: RefreshPolicy, at: datetime
) -> Decision:
    """Decide what a presented refresh token is worth.

    Within the leeway the immediately previous generation may be exchanged again and founds a
    live sibling; anything older is reuse, also inside the leeway (RFC 9700 §4.14.2; Auth0:
    "Refresh token rotation").

    Args:
        token: What is stored under the presented token; None when nothing is.
        client_id: The client that presents it.
        policy: The client's present settings.
        at: Now.
    """
    if token is None:
        return Refuse("unknown")
    if token.grant.client_id != client_id:
        return Refuse("other_client")
    if token.revoked_at is not None:
        return Refuse("revoked")
    if token.grant.expires_at is not None and at >= token.grant.expires_at:
        return Refuse("expired_absolute")
    if token.used_at is not None:
        return _used(token, token.used_at, policy, at)
    if token.idle_expires_at is not None and at >= token.idle_expires_at:
        return Refuse("expired_idle")
    if token.rotating != policy.rotating:
        return Convert(rotating=policy.rotating)
    return Rotate(token.counter + 1) if token.rotating else Keep()


def _used(
    token: RefreshToken, used_at: datetime, policy: RefreshPolicy, at: datetime
) -> Rotate | Refuse:
    previous = token.counter >= token.latest_counter - 1
    # Both ways: clocks of two servers differ a little, and one that was set back opens nothing.
    # Without a leeway there is none: of two asks at once the loser may have begun first.
    if previous and abs(at - used_at) < timedelta(seconds=policy.leeway_s):
        return Rotate(token.counter + 1, sibling=True)
    return Refuse("reused", retire=True)


def family_details(token: RefreshToken) -> Mapping[str, object]:
    """Return what the log says of a reused token's family, under Auth0's names."""
    return {
        "familyId": str(token.family_key),
        "tokenCounter": token.counter,
        "latestCounter": token.latest_counter,
    }


def ends_at(begin: datetime, lifetime_s: int | None) -> datetime | None:
    """Return when something with that lifetime ends; None is endless."""
    return None if lifetime_s is None else begin + timedelta(seconds=lifetime_s)


def sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two ends; None is endless."""
    return min((end for end in (one, other) if end is not None), default=None)
