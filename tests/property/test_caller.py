"""Whatever is sent, an address that counts is a single host's, and strangers decide nothing."""

from ipaddress import ip_address

from hypothesis import example, given
from hypothesis import strategies as st

from gateword.domain.login import Peer
from gateword.policy.caller import caller, canonical, peer_address
from tests.support.factories import a_client

PEER = "198.51.100.7"
PROXIES = ("10.0.0.0/8", "2001:db8::/32")
addresses = st.ip_addresses().map(str)
texts = st.text(max_size=40) | addresses | addresses.map("{}:443".format)


@given(texts)
@example("::ffff:0.0.0.0")
@example("1.2.3.4%")
def test_canonical_is_a_host_or_nothing(text: str) -> None:
    """Promise G6: any text gives one host's address in its own canonical form, or nothing."""
    address = canonical(text)
    if address is not None:
        host = ip_address(address)
        assert str(host) == address == canonical(address)
        assert not host.is_unspecified
        assert not host.is_multicast
        assert getattr(host, "ipv4_mapped", None) is None


@given(sent=st.lists(texts, max_size=3).map(tuple), trusted=st.booleans())
def test_address_that_counts_is_the_peers_or_the_one_trusted(
    *, sent: tuple[str, ...], trusted: bool
) -> None:
    """Promise G6: nothing but a trusted client's one address replaces the peer's."""
    client = a_client("shop", is_ip_header_trusted=trusted)
    who = caller(Peer(address=PEER, forwarded_for=sent), client)
    believed = trusted and len(sent) == 1 and canonical(sent[0]) is not None
    assert who.ip == (canonical(sent[0]) if believed else PEER)
    assert who.proxy_ip == (PEER if believed else None)
    assert (who.note is None) == (believed or not sent)


@given(addresses, st.lists(texts, max_size=5).map(",".join))
def test_stranger_cannot_choose_an_address(socket: str, header: str) -> None:
    """Promise G6: a peer that is no proxy of ours is who it is, whatever it sends."""
    peer = canonical(socket)
    if peer is not None and peer_address(peer, "203.0.113.9", PROXIES) == peer:
        assert peer == peer_address(socket, header, PROXIES)


@given(st.lists(texts, max_size=5).map(",".join), addresses)
def test_last_hop_counts_whatever_a_client_put_before_it(forged: str, real: str) -> None:
    """Promise G6: what our proxy appended wins over all that the client wrote itself."""
    host = canonical(real)
    if host is not None and peer_address(host, "203.0.113.9", PROXIES) == host:
        assert host == peer_address("10.0.0.1", f"{forged},{real}", PROXIES)
