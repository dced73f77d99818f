"""What Gateword protects beyond Auth0's settings: one more object, `x-gateword`.

Rule 1: pure. Source: attack-protection §7; the members are our own (ADR 0012).
"""

from collections.abc import Mapping
from typing import Final

EXTRAS: Final = "x-gateword"
LOCKOUT_STYLES: Final = ("auth0", "backoff")

DEFAULTS: Final[Mapping[str, object]] = {
    "lockout_style": "auth0",
    "account_cap": 100,
    "same_user_per_minute": 20,
    "client_ceiling": 10,
    "distinct_identifiers": 20,
    "names_per_address": 1000,
    "strict_forwarded_for": False,
    "alarms": True,
    "admin_email": "",
}
"""`account_cap`: failures in a row of one account over all addresses, after which only addresses
from which it logged in before are admitted. `same_user_per_minute`: logins of one user from one
address at once; half as many come back each minute. `client_ceiling`: how many times the budget of
an address a client has over all addresses. `distinct_identifiers`: names of nobody that an address
may try in ten minutes. `names_per_address`: names with failures that an address may hold.
`strict_forwarded_for`: an unusable `auth0-forwarded-for` of a trusted client is refused. `alarms`:
unusual failure rates are logged. `admin_email`: who is told. 0 switches a number off."""
