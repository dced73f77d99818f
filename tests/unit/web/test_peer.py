import base64
import json

import pytest

from gateword.domain.login import Peer
from gateword.web import peer
from tests.unit.web.requests import a_request


def telemetry_of(header: str) -> object:
    """Return what becomes of an `Auth0-Client` header."""
    return peer.read(a_request(("auth0-client", header)), ()).auth0_client


def encoded(data: bytes) -> str:
    """Return base64url with padding."""
    return base64.urlsafe_b64encode(data).decode()


def test_peer_is_what_transport_and_headers_say() -> None:
    """Everything is passed on as it was seen; nothing is believed yet."""
    request = a_request(
        ("host", "auth.example.com:8443"),
        ("user-agent", "shop/1 (Ünix)"),
        ("auth0-forwarded-for", "203.0.113.9"),
        ("auth0-forwarded-for", "203.0.113.10"),
        ("auth0-client", encoded(b'{"name":"auth0-python","version":"6.8.0"}')),
    )
    assert peer.read(request, ()) == Peer(
        address="198.51.100.7",
        forwarded_for=("203.0.113.9", "203.0.113.10"),
        user_agent="shop/1 (Ünix)",
        hostname="auth.example.com:8443",
        auth0_client={"name": "auth0-python", "version": "6.8.0"},
    )


def test_peer_is_local_when_the_transport_names_nobody() -> None:
    """A Unix socket has no address."""
    assert Peer(address="127.0.0.1") == peer.read(a_request(client=None), ())


def test_address_is_canonical_also_without_proxies() -> None:
    """An IPv4 client of a dual-stack socket is that IPv4 address."""
    request = a_request(client=("::ffff:203.0.113.9", 1))
    assert "203.0.113.9" == peer.read(request, ()).address


@pytest.mark.parametrize(
    ("proxies", "expected"),
    [((), "198.51.100.7"), (("10.0.0.0/8",), "198.51.100.7"), (("198.51.100.0/24",), "1.2.3.4")],
)
def test_forwarded_address_counts_from_our_proxies_only(
    proxies: tuple[str, ...], expected: str
) -> None:
    """Promise G6: X-Forwarded-For of strangers is nothing; its lines are one list."""
    request = a_request(
        ("x-forwarded-for", "9.9.9.9, 1.2.3.4"), ("x-forwarded-for", "198.51.100.8")
    )
    assert expected == peer.read(request, proxies).address


@pytest.mark.parametrize("header", ["forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip"])
def test_other_headers_of_proxies_are_nothing(header: str) -> None:
    """Promise G6: no other header says whose address counts."""
    request = a_request((header, "1.2.3.4"))
    assert "198.51.100.7" == peer.read(request, ("198.51.100.0/24",)).address


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("claims", [{}, {"n": "a"}, {"n": "ab"}, {"n": "ÿ?"}, {"env": {"py": "3"}}])
def test_telemetry_is_decoded(claims: dict[str, object], *, padded: bool) -> None:
    """§1.1: base64 of a JSON object, with or without padding."""
    header = encoded(json.dumps(claims).encode())
    assert claims == telemetry_of(header if padded else header.rstrip("="))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"1",
        b'"x"',
        b"null",
        b"{",
        b'{"a":NaN}',
        b'{"a":1e400}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"[" * 1400,
        b'{"a":' + b"[" * 700 + b"]" * 700 + b"}",
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"\xef\xbb\xbf{}",
    ],
)
def test_telemetry_is_nothing_when_unreadable(data: bytes) -> None:
    """§1.1: unreadable telemetry is ignored, however it is made; deep nesting is no fault."""
    seen = telemetry_of(encoded(data))
    assert seen is None or isinstance(seen, dict)
    assert seen is None or data.startswith(b'{"a":')


@pytest.mark.parametrize("header", ["", "!", "é", "e30", "e30=", "a" * 2049, "a", "====", "e3 0="])
def test_telemetry_header_is_never_a_fault(header: str) -> None:
    """§1.1: any header is an object or nothing."""
    assert telemetry_of(header) in (None, {})


def test_long_headers_are_cut_and_lose_their_nuls() -> None:
    """What is logged of a header has 512 characters at most, and no NUL."""
    request = a_request(("user-agent", "x\0" + "y" * 600), ("host", "h" * 600))
    seen = peer.read(request, ())
    assert ("x" + "y" * 510, "h" * 512) == (seen.user_agent, seen.hostname)
