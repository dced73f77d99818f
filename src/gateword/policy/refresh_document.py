"""How a client's refresh tokens live, as Auth0's Management API writes it, and back.

Rule 1: pure. Rule 2: lengths and switches that do not act are kept, so that what was sent comes
back. Source: Auth0 Management API v2, member `refresh_token` of a client.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.client import RefreshPolicy
from gateword.policy.members import Members

MAX_LIFETIME_S: Final = 157_680_000
"""Auth0's bound of refresh token lifetimes: five years."""

MAX_LEEWAY_S: Final = 3600
_TOKEN_LIFETIME_S: Final = 2_592_000
_IDLE_LIFETIME_S: Final = 1_296_000


def read(members: Members, stored: RefreshPolicy) -> RefreshPolicy:
    """Return the policy with what the member `refresh_token` of a client says of it."""
    given = members.member("refresh_token")
    if "refresh_token" not in members:
        return stored
    if members.given("refresh_token") is None:
        return RefreshPolicy()
    before = rendered(stored)
    rotation = given.text(
        "rotation_type", str(before["rotation_type"]), "non-rotating",
        choices=("rotating", "non-rotating"),
    )  # fmt: skip
    expiration = given.text(
        "expiration_type", str(before["expiration_type"]), "non-expiring",
        choices=("expiring", "non-expiring"),
    )  # fmt: skip
    expires = expiration == "expiring"
    leeway_s = given.whole("leeway", stored.leeway_s, 0, most=MAX_LEEWAY_S)
    was_expiring = before["expiration_type"] == "expiring"
    absolute_s = _lifetime(
        given, "token_lifetime", stored.absolute_s, _TOKEN_LIFETIME_S, was_expiring=was_expiring
    )
    idle_s = _lifetime(
        given, "idle_token_lifetime", stored.idle_s, _IDLE_LIFETIME_S, was_expiring=was_expiring
    )
    given.others({}, ("policies",))
    if rotation == "rotating" and not expires:
        given.fault("rotating tokens need expiration_type: expiring", "rotation_type")
    if expires and absolute_s is None and idle_s is None:
        given.fault("expiring needs token_lifetime or idle_token_lifetime", "expiration_type")
    return RefreshPolicy(
        rotating=rotation == "rotating",
        leeway_s=leeway_s,
        absolute_s=absolute_s if expires else None,
        idle_s=idle_s if expires else None,
    )


def _lifetime(
    given: Members, name: str, before: int | None, default: int, *, was_expiring: bool
) -> int | None:
    """Return seconds; None when `infinite_…` says so, now or before."""
    seconds = given.whole(name, before or default, default, least=1, most=MAX_LIFETIME_S)
    was_endless = was_expiring and before is None and name not in given
    is_endless = given.flag(f"infinite_{name}", kept=was_endless, reset=False)
    return None if is_endless else seconds


def kept(members: Members, stored: object) -> Mapping[str, object] | None:
    """Return what to remember of the member `refresh_token`; None for nothing."""
    before = stored if isinstance(stored, Mapping) else None
    if "refresh_token" not in members:
        return before
    given = members.given("refresh_token")
    if not isinstance(given, Mapping):
        return None
    merged = {**(before or {}), **given}
    return {name: value for name, value in merged.items() if value is not None}


def rendered(policy: RefreshPolicy, remembered: object = None) -> dict[str, object]:
    """Return the policy in Auth0's shape; an endless lifetime still shows a length.

    Args:
        policy: What acts.
        remembered: What `kept` returned; only what does not contradict the policy is shown.
    """
    expires = policy.absolute_s is not None or policy.idle_s is not None
    sent = dict(remembered) if isinstance(remembered, Mapping) else {}
    shown = {
        "rotation_type": "rotating" if policy.rotating else "non-rotating",
        "expiration_type": "expiring" if expires else "non-expiring",
        "leeway": policy.leeway_s,
        "token_lifetime": policy.absolute_s or sent.get("token_lifetime", _TOKEN_LIFETIME_S),
        "infinite_token_lifetime": policy.absolute_s is None,
        "infinite_idle_token_lifetime": policy.idle_s is None,
        "idle_token_lifetime": policy.idle_s or sent.get("idle_token_lifetime", _IDLE_LIFETIME_S),
    }
    if not expires:
        for name in ("infinite_token_lifetime", "infinite_idle_token_lifetime"):
            shown[name] = sent.get(name, True)
    if "policies" in sent:
        shown["policies"] = sent["policies"]
    return shown
