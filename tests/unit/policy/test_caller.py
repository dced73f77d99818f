from typing import Any

import pytest

from gateword.domain.client import AuthMethod, Client
from gateword.domain.login import Caller, Peer
from gateword.policy.caller import caller, canonical, peer_address
from tests.support.factories import a_client

PEER = "198.51.100.7"
TRUSTED = a_client("shop", is_ip_header_trusted=True)

SINGLE = {
    "203.0.113.9": "203.0.113.9",
    " 203.0.113.9\t": "203.0.113.9",
    "255.255.255.255": "255.255.255.255",
    "10.1.2.3": "10.1.2.3",
    "172.16.0.1": "172.16.0.1",
    "192.168.0.1": "192.168.0.1",
    "127.0.0.1": "127.0.0.1",
    "100.64.0.1": "100.64.0.1",
    "169.254.1.1": "169.254.1.1",
    "::1": "::1",
    "2001:db8::1": "2001:db8::1",
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "2001:0db8:0000:0000:0001:0000:0000:0001": "2001:db8::1:0:0:1",
    "fd00::1": "fd00::1",
    "fe80::1": "fe80::1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "::FFFF:c000:201": "192.0.2.1",
    "::ffff:10.0.0.1": "10.0.0.1",
    "64:ff9b::192.0.2.1": "64:ff9b::c000:201",
}
NOT_SINGLE = [
    "",
    " ",
    "unknown",
    "localhost",
    "example.com",
    "0.0.0.0",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "::ffff:224.0.0.1",
    "fe80::1%eth0",
    "fe80::1%25eth0",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    "203.0.113.9:443",
    "203.0.113.9/32",
    "010.0.0.1",
    "203.0.113.09",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.9.1",
    "3405803785",
    "0xcb007109",
    "203.0.113.9, 198.51.100.1",
    "203.0.113.9 198.51.100.1",
    "203.0.113.9,",
    ",203.0.113.9",
    "203.0.113.9;for=x",
    "for=203.0.113.9",
    '"203.0.113.9"',
    "203.0.113.9\n",
    "203.0.113.9\0",
    "\u0662\u0660\u0663.0.113.9",
    "\xa0203.0.113.9",
    "2001:db8:::1",
    "2001:db8::1::",
    ":1",
    "2001:db8::12345",
    "-1.0.0.1",
    "+1.0.0.1",
    "' OR 1=1 --",
    "9" * 10_000,
]


@pytest.mark.parametrize(("sent", "expected"), SINGLE.items())
def test_sent_address_counts_in_canonical_form_when_trusted(sent: str, expected: str) -> None:
    """Promise G6: a trusted client's single address counts, private ones too (RFC 5952 form)."""
    who = caller(Peer(address=PEER, forwarded_for=(sent,)), TRUSTED)
    assert Caller(ip=expected, proxy_ip=PEER) == who


@pytest.mark.parametrize("sent", NOT_SINGLE)
def test_sent_address_falls_back_to_the_peer_when_it_is_no_single_host(sent: str) -> None:
    """Promise G6: anything but one address counts as the peer's, and the log says so."""
    who = caller(Peer(address=PEER, forwarded_for=(sent,)), TRUSTED)
    assert (PEER, None) == (who.ip, who.proxy_ip)
    assert who.note is not None


@pytest.mark.parametrize("sent", [("203.0.113.9", "203.0.113.9"), ("203.0.113.9", "")])
def test_sent_address_falls_back_to_the_peer_when_the_header_is_repeated(
    sent: tuple[str, ...],
) -> None:
    """Promise G6: a repeated header is no address, never "the first one"."""
    who = caller(Peer(address=PEER, forwarded_for=sent), TRUSTED)
    assert (PEER, None) == (who.ip, who.proxy_ip)
    assert who.note is not None


@pytest.mark.parametrize(
    "client",
    [
        None,
        a_client("shop"),
        a_client("spa", auth_method=AuthMethod.NONE, is_ip_header_trusted=True),
    ],
    ids=["nobody proved", "switch off", "public client"],
)
@pytest.mark.parametrize("sent", ["203.0.113.9", "nonsense"])
def test_sent_address_is_ignored_when_the_client_is_not_trusted(
    client: Client | None, sent: str
) -> None:
    """Promise G6: only a proved, confidential client with the switch on is believed."""
    who = caller(Peer(address=PEER, forwarded_for=(sent,)), client)
    assert (PEER, None) == (who.ip, who.proxy_ip)
    assert who.note == "auth0-forwarded-for was sent, but the client is not trusted to send it"


@pytest.mark.parametrize("method", [AuthMethod.POST, AuthMethod.BASIC, AuthMethod.PRIVATE_KEY_JWT])
def test_sent_address_counts_for_each_kind_of_proof(method: AuthMethod) -> None:
    """A client that proved itself by a key is as good as one with a secret (§3)."""
    client = a_client("shop", auth_method=method, is_ip_header_trusted=True)
    who = caller(Peer(address=PEER, forwarded_for=("203.0.113.9",)), client)
    assert "203.0.113.9" == who.ip


def test_peer_counts_when_no_header_was_sent() -> None:
    """Without the header there is nothing to note, and the rest of the peer is passed on."""
    seen: dict[str, Any] = {
        "user_agent": "shop/1",
        "hostname": "auth.example.com",
        "auth0_client": {"name": "auth0-python"},
    }
    assert Caller(ip=PEER, **seen) == caller(Peer(address=PEER, **seen), TRUSTED)


@pytest.mark.parametrize("text", [*SINGLE, *NOT_SINGLE])
def test_canonical_form_is_its_own_canonical_form(text: str) -> None:
    """A canonical address does not change when it is read again."""
    once = canonical(text)
    assert once is None or canonical(once) == once


PROXIES = ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32")


@pytest.mark.parametrize(
    ("socket", "header", "proxies", "expected"),
    [
        ("203.0.113.9", "", (), "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", (), "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", PROXIES, "203.0.113.9"),
        ("10.0.0.1", "", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", PROXIES, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", PROXIES, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4,203.0.113.9,192.0.2.1", PROXIES, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.2.2.2 ,10.3.3.3", PROXIES, "203.0.113.9"),
        ("10.0.0.1", "10.9.9.9, 10.2.2.2", PROXIES, "10.9.9.9"),
        ("10.0.0.1", "1.2.3.4, nonsense", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, nonsense, 10.2.2.2", PROXIES, "10.2.2.2"),
        ("10.0.0.1", "203.0.113.9:4711", PROXIES, "10.0.0.1"),
        ("10.0.0.1", ",,", PROXIES, "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", PROXIES, "203.0.113.9"),
        ("::ffff:203.0.113.9", "", (), "203.0.113.9"),
        ("2001:db8::1", "2001:4860::1", PROXIES, "2001:4860::1"),
        ("2001:db8::1", "::ffff:1.2.3.4", PROXIES, "1.2.3.4"),
        ("2001:db9::1", "1.2.3.4", PROXIES, "2001:db9::1"),
        ("fe80::1%eth0", "1.2.3.4", PROXIES, "fe80::1%eth0"),
        ("", "1.2.3.4", PROXIES, ""),
    ],
)
def test_peer_is_the_first_stranger_from_the_right(
    socket: str, header: str, proxies: tuple[str, ...], expected: str
) -> None:
    """Promise G6: X-Forwarded-For is walked past our own proxies only."""
    assert expected == peer_address(socket, header, proxies)
