"""Where scripts may send requests."""

from ipaddress import ip_address

import pytest

from gateword.policy import egress


@pytest.mark.parametrize(
    ("allowed", "host", "port", "is_admitted"),
    [
        ((), "api.example.com", 443, False),
        (("api.example.com",), "api.example.com", 443, True),
        (("API.example.com",), "api.EXAMPLE.com.", 443, True),
        (("api.example.com",), "evil-api.example.com", 443, False),
        (("api.example.com",), "api.example.com.evil.example", 443, False),
        (("api.example.com:8443",), "api.example.com", 8443, True),
        (("api.example.com:8443",), "api.example.com", 443, False),
        (("*.example.com",), "a.b.example.com", 443, True),
        (("*.example.com",), "example.com", 443, False),
        (("*.example.com",), "badexample.com", 443, False),
        (("*",), "anything.example", 80, True),
        (("*",), "8.8.8.8", 443, True),
        (("*",), "10.0.0.1", 443, False),
        (("10.0.0.0/8",), "10.0.0.1", 443, True),
        (("10.0.0.0/8",), "11.0.0.1", 443, False),
        (("::1",), "::1", 443, True),
        (("127.0.0.1:9911",), "127.0.0.1", 9911, True),
        (("127.0.0.1:9911",), "127.0.0.1", 9912, False),
        (("[::1]:9911",), "::1", 9911, True),
        (("*:443",), "api.example.com", 443, True),
        (("*:443",), "api.example.com", 80, False),
        (("api.example.com",), "127.0.0.1", 443, False),
    ],
)
def test_host_is_admitted_when_it_is_listed(
    allowed: tuple[str, ...], host: str, port: int, *, is_admitted: bool
) -> None:
    """A fresh tenant's list is empty, and nobody is admitted (ruling 16)."""
    assert is_admitted is egress.admits(allowed, host, port)


@pytest.mark.parametrize(
    ("allowed", "host", "address", "is_reached"),
    [
        (("api.example.com",), "api.example.com", "203.0.114.9", True),
        (("api.example.com",), "api.example.com", "10.0.0.9", False),
        (("api.example.com", "10.0.0.0/8"), "api.example.com", "10.0.0.9", True),
        (("*",), "api.example.com", "169.254.169.254", False),
        (("*",), "api.example.com", "::ffff:10.0.0.9", False),
        (("*",), "api.example.com", "2002:a00:9::", False),
        (("localhost",), "localhost", "127.0.0.1", True),
        (("localhost:3000",), "localhost", "::1", True),
        (("localhost",), "localhost", "10.0.0.9", False),
        (("*",), "localhost", "127.0.0.1", False),
    ],
)
def test_address_is_reached_when_it_is_public_or_listed_itself(
    allowed: tuple[str, ...], host: str, address: str, *, is_reached: bool
) -> None:
    """A name can mean any address tomorrow, so a private one is never reached by a name (R4)."""
    assert is_reached is egress.reaches(allowed, host, ip_address(address), 3000)


@pytest.mark.parametrize(
    "entry",
    [
        "*",
        "a.example",
        "*.a.example",
        "a.example:1",
        "10.0.0.1:8080",
        "[::1]:1",
        "10.0.0.0/8",
        "::1",
    ],
)
def test_entry_is_one(entry: str) -> None:
    """What the list may hold."""
    assert egress.fault(entry) is None


@pytest.mark.parametrize(
    "entry",
    [
        "https://a.example",
        "a.example/x",
        "a b",
        "*.*",
        "a.example:x",
        "localhost:99999",
        "a.example:",
        ".",
        "a..b",
    ],
)
def test_entry_is_none(entry: str) -> None:
    """What looks like one, and would admit nobody."""
    assert egress.fault(entry)
