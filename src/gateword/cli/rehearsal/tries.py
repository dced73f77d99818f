"""One try of an attack: what is sent, and whose address it is meant to count for.

Addresses come from the ranges that are set aside for documentation (RFC 5737, RFC 3849), so that no
line of a log ever points at somebody.
"""

from itertools import islice
from typing import Final

from gateword.values import dataclass

PEER: Final = "127.0.0.1"
"""From where the rehearsal itself asks; it stands for an application's server."""

HOME: Final = "192.0.2.10"
"""From where a user logs in as always."""

ELSEWHERE: Final = "192.0.2.200"
"""From where the same user never logged in."""

STRANGER: Final = "198.51.100.66"

APPLICATIONS: Final = tuple(f"application-{number}" for number in range(1, 5))
"""Confidential clients that are trusted to tell their users' addresses."""

UNTRUSTED: Final = "untrusted-application"
PUBLIC: Final = "public-application"

RIGHT: Final = "A password that only this rehearsal has, 8415"

WEAK: Final = "weak@rehearsal.example"
"""Whose password is one that many people have."""

WEAK_PASSWORD: Final = "Rehearsal-2026"

_HOSTS: Final = range(1, 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One login.

    Attributes:
        name: Login name.
        address: Whose it is when everything goes right; what the shields must count.
        told: Value of `auth0-forwarded-for`; empty sends none.
        client: Who asks.
        is_right: The password is the account's.
        is_sure: Allow-lists may look at the address.
    """

    name: str
    password: str
    address: str = PEER
    told: str = ""
    client: str = APPLICATIONS[0]
    is_right: bool = False
    is_sure: bool = True

    @property
    def is_told(self) -> bool:
        """Whether a trusted client told the address that counts."""
        return self.told == self.address and self.client in APPLICATIONS


def guess(name: str, number: int, address: str, client: str = APPLICATIONS[0]) -> Try:
    """Return a wrong password from an address that a trusted application tells."""
    return Try(
        name=name, password=f"guess number {number}", address=address, told=address, client=client
    )


def right(name: str, address: str) -> Try:
    """Return the right password from such an address."""
    return Try(name=name, password=RIGHT, address=address, told=address, is_right=True)


def sprayed(name: str, address: str) -> Try:
    """Return the password of `WEAK`, tried for an account from such an address."""
    return Try(
        name=name,
        password=WEAK_PASSWORD,
        address=address,
        told=address,
        is_right=name == WEAK,
    )


def account(number: int) -> str:
    """Return the login name of one of a tenant's accounts, counted from 0."""
    return f"user{number}@rehearsal.example"


def nobody(number: int) -> str:
    """Return a login name that nobody has."""
    return f"nobody{number}@rehearsal.example"


def addresses(count: int) -> list[str]:
    """Return that many different IPv4 addresses; at most 508."""
    networks = ("198.51.100", "203.0.113")
    every = (f"{network}.{host}" for network in networks for host in _HOSTS)
    return list(islice(every, count))


def of_one_64(count: int) -> list[str]:
    """Return that many different addresses of one /64 network."""
    return [f"2001:db8:64:64::{number:x}" for number in range(1, count + 1)]


def of_one_48(count: int) -> list[str]:
    """Return an address from each of that many /64 networks of one /48; at most 65,535."""
    return [f"2001:db8:48:{number:x}::1" for number in range(1, count + 1)]


def of_many_48(count: int) -> list[str]:
    """Return an address from each of that many /48 networks; at most 65,535."""
    return [f"2001:db8:{number:x}::1" for number in range(1, count + 1)]
