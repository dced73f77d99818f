"""What Gateword protects beyond Auth0's settings: one more object, `x-gateword`.

Rule 1: pure. Source: attack-protection §7; the members are our own (ADR 0012).
"""

from collections.abc import Mapping
from typing import Final

from gateword.policy.members import Members
from gateword.policy.signup import is_deliverable

EXTRAS: Final = "x-gateword"
LOCKOUT_STYLES: Final = ("auth0", "backoff")
MAX_EMAIL_CHARS: Final = 254

MOST: Final[Mapping[str, int]] = {
    "account_cap": 10_000,
    "same_user_per_minute": 100_000,
    "client_ceiling": 1_000,
    "distinct_identifiers": 10_000,
    "names_per_address": 1_000_000,
}
"""The numbers, and how large each may be."""

DEFAULTS: Final[Mapping[str, object]] = {
    "lockout_style": "auth0",
    "account_cap": 100,
    "same_user_per_minute": 20,
    "client_ceiling": 100,
    "distinct_identifiers": 20,
    "names_per_address": 1000,
    "strict_forwarded_for": False,
    "alarms": True,
    "admin_email": "",
}

MEANING: Final[Mapping[str, str]] = {
    "lockout_style": "How long a block lasts: `auth0` for 30 days after the last wrong password, "
    "`backoff` for a minute, doubled with each further one, an hour at most.",
    "account_cap": "Wrong passwords in a row of one account over all addresses, after which only "
    "addresses from which it logged in before are admitted; 0 sets no cap. NIST allows 100 at "
    "most.",
    "same_user_per_minute": "Logins of one user from one address at once; half as many come back "
    "each minute. 0 sets no bound.",
    "client_ceiling": "How many times the budget of one address a client that tells its users' "
    "addresses has for the failures of all; 0 sets no bound.",
    "distinct_identifiers": "Names that may fail from an address in ten minutes, over which it "
    "gets no new one; 0 sets no bound.",
    "names_per_address": "The same in a day; 0 sets no bound.",
    "strict_forwarded_for": "An unusable `auth0-forwarded-for` of a trusted client is refused.",
    "alarms": "Unusual rates of failed logins are logged.",
    "admin_email": "Who is told of attacks; empty for nobody.",
}


def read(
    members: Members, kept: Mapping[str, object], reset: Mapping[str, object]
) -> dict[str, object]:
    """Return the object with what a document says of it.

    Args:
        members: Of the document.
        kept: The object as it is; absent members stay so.
        reset: The defaults; null goes back to them.
    """
    return {name: _read(members, name, kept[name], reset[name]) for name in DEFAULTS}


def _read(members: Members, name: str, kept: object, default: object) -> object:
    if name in MOST:
        return members.whole(name, _number(kept), _number(default), most=MOST[name])
    if isinstance(default, bool):
        return members.flag(name, kept=kept is True, reset=default)
    choices = LOCKOUT_STYLES if name == "lockout_style" else ()
    text = members.optional_text(name, str(kept), choices=choices)
    if name == "admin_email" and text and not is_deliverable(text):
        members.fault("must be an e-mail address, or empty", name)
    return default if text is None else text


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
