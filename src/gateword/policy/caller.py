"""Whose address counts.

Rule 1: pure. Rule 2: a header is believed only when the tenant said so for this client AND the
client proved itself in this request (Auth0: "Avoid common issues with the Resource Owner
Password flow and attack protection").
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from gateword.domain.client import Client
from gateword.domain.login import Caller, Peer

NOT_TRUSTED: Final = "auth0-forwarded-for was sent, but the client is not trusted to send it"
NOT_ONE_ADDRESS: Final = "auth0-forwarded-for is not one IP address; the peer's address counts"
_IPV4: Final = 4
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_LONGEST: Final = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
_ADDRESSES: Final = 1024
"""How many are kept: each is read several times in a login, and the same servers ask again."""


def caller(peer: Peer, client: Client | None) -> Caller:
    """Return the caller of a request.

    Args:
        peer: What the transport saw.
        client: The client that proved itself in this request; None when none did.
    """
    ip, proxy_ip, note, is_sure = peer.address, None, None, True
    if peer.forwarded_for and not _trusts(client):
        note = NOT_TRUSTED
    elif peer.forwarded_for:
        sent = canonical(peer.forwarded_for[0]) if len(peer.forwarded_for) == 1 else None
        if sent is None:
            note, is_sure = NOT_ONE_ADDRESS, False
        else:
            ip, proxy_ip = sent, peer.address
    return Caller(
        ip=ip,
        proxy_ip=proxy_ip,
        user_agent=peer.user_agent,
        hostname=peer.hostname,
        auth0_client=peer.auth0_client,
        note=note,
        is_sure=is_sure,
    )


def _trusts(client: Client | None) -> bool:
    return client is not None and client.is_confidential and client.is_ip_header_trusted


def canonical(text: str) -> str | None:
    """Return an address in canonical form (RFC 5952), or None when it is not a single host's.

    Zone ids, brackets, ports, lists, leading zeros, the unspecified and multicast addresses are
    none; an IPv4 address mapped into IPv6 is that IPv4 address.
    """
    text = text.strip(" \t")
    return _canonical(text) if len(text) <= _LONGEST else None


@lru_cache(_ADDRESSES)
def _canonical(text: str) -> str | None:
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address in _MAPPED:
        address = address.ipv4_mapped or address
    return None if address.is_unspecified or address.is_multicast else str(address)


@lru_cache(_ADDRESSES)
def counted(address: str) -> str:
    """Return what an address counts as: itself, or the /64 network of an IPv6 host."""
    try:
        host = ip_address(address)
    except ValueError:
        return address
    return address if host.version == _IPV4 else str(ip_network((host, 64), strict=False))


@lru_cache(_ADDRESSES)
def wider(address: str) -> str | None:
    """Return the /48 network around an IPv6 host: a site can use every /64 in it; None for IPv4."""
    try:
        host = ip_address(address)
    except ValueError:
        return None
    return None if host.version == _IPV4 else str(ip_network((host, 48), strict=False))


def peer_address(socket_address: str, forwarded_for: str, trusted_proxies: tuple[str, ...]) -> str:
    """Return the peer behind the operator's own reverse proxies.

    Walks `X-Forwarded-For` from the right, past every trusted proxy; the first stranger is the
    peer. A stranger's own header is never believed.

    Args:
        socket_address: Address of the TCP peer.
        forwarded_for: Value of `X-Forwarded-For`; lines joined by commas.
        trusted_proxies: Addresses or networks of the operator's proxies.
    """
    peer = canonical(socket_address)
    if peer is None:
        return socket_address
    if not (trusted_proxies and forwarded_for):
        return peer
    networks = [ip_network(proxy, strict=False) for proxy in trusted_proxies]

    def is_proxy(address: str) -> bool:
        host: IPv4Address | IPv6Address = ip_address(address)
        return any(host in network for network in networks)

    for hop in reversed(forwarded_for.split(",")):
        address = canonical(hop)
        if not is_proxy(peer) or address is None:
            break
        peer = address
    return peer
