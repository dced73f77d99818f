"""Which addresses are the internet's, so that a stranger's URL leads nowhere inside.

Rule 1: pure.
"""

from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

_NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        ("2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
    )
)
"""What Python counts to the internet, and is not: 6to4, documentation, IETF protocols, the door to
Azure's own services."""

_GLOBAL_UNICAST: Final = ip_network("2000::/3")
"""All that was ever given out of IPv6 (RFC 4291 §2.4); IPv4 hides in much of the rest."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the internet, also when it hides an IPv4 address."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in _GLOBAL_UNICAST:
            return False
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast
