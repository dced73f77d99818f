"""Numbers and addresses as they are shown to those who need not know them.

Rule 1: pure. Source: recorded answers of Auth0's `GET /mfa/authenticators`.
"""

from typing import Final

_SHOWN: Final = 4
_STARS: Final = "****"


def phone(number: str) -> str:
    """Return a number of which the last four characters show: `XXXXXXXXX9167`.

    One of no more than four shows nothing: there would be nothing left to hide.
    """
    if len(number) <= _SHOWN:
        return "X" * len(number)
    return "X" * (len(number) - _SHOWN) + number[-_SHOWN:]


def email(address: str) -> str:
    """Return an address of which the beginnings show: `ann@example.com` is `****@exam*******`.

    Of the name before the @ nothing shows unless it is longer than four characters, and its length
    never does.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        return _local(address)
    return f"{_local(local)}@{domain[:_SHOWN]}{'*' * (len(domain) - _SHOWN)}"


def _local(name: str) -> str:
    return (name[:_SHOWN] if len(name) > _SHOWN else "") + _STARS
