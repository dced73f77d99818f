"""Where a tenant's scripts may send requests: its allow-list.

Rule 1: pure. Rule 2: a name leads to public addresses only. What is private is reached when its own
address or network is listed, since whoever has a name can let it mean any address (ruling 16).
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

from gateword.policy.public_address import is_public

Address: TypeAlias = IPv4Address | IPv6Address
_ALL: Final = "*"
_BELOW: Final = "*."
_LOCALHOST: Final = "localhost"
_MOST_PORT: Final = 65_535


def admits(allowed: Iterable[str], host: str, port: int) -> bool:
    """Say whether requests may be sent to a host.

    Args:
        allowed: The tenant's list.
        host: Of the URL: a name, or an address without brackets.
        port: Of the URL.
    """
    host = host.lower().rstrip(".")
    address = _address(host)
    return any(
        _reaches(one, address, port) if address else _means(one, host, port) for one in allowed
    )


def reaches(allowed: Iterable[str], host: str, address: Address, port: int) -> bool:
    """Say whether a connection may be made to an address that an admitted host has."""
    listed = list(allowed)
    if is_public(address) or any(_reaches(one, address, port) for one in listed):
        return True
    is_own = host.lower().rstrip(".") == _LOCALHOST and address.is_loopback
    return is_own and any(_means(one, _LOCALHOST, port) for one in listed if one != _ALL)


def fault(entry: str) -> str | None:
    """Return what is wrong with an entry of the list; None when it is one."""
    name, port = _parted(entry)
    is_network = name == _ALL or _network(name) is not None
    if "/" in entry and not is_network:
        return "must be a host alone, without scheme and path"
    if port is not None and not 0 < port <= _MOST_PORT:
        return "has a port that is none"
    if is_network:
        return None
    labels = name.removeprefix(_BELOW).split(".")
    if all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels):
        return None
    return "must be a host, a host with *. before it, an address, a network, or *"


def _means(entry: str, host: str, port: int) -> bool:
    name, only = _parted(entry.lower())
    if only is not None and only != port:
        return False
    if name == _ALL:
        return True
    if name.startswith(_BELOW):
        return host.endswith(name[1:])
    return host == name


def _reaches(entry: str, address: Address, port: int) -> bool:
    name, only = _parted(entry)
    if only is not None and only != port:
        return False
    if name == _ALL:
        return is_public(address)
    network = _network(name)
    return network is not None and address in network


def _parted(entry: str) -> tuple[str, int | None]:
    """Return what an entry names, and its port where it has one."""
    if _network(entry):  # an IPv6 address has colons of its own
        return entry, None
    name, colon, port = entry.rpartition(":")
    if not colon:
        return entry, None
    name = name.removeprefix("[").removesuffix("]")
    return (name, int(port)) if port.isdecimal() and port.isascii() else (name, 0)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
