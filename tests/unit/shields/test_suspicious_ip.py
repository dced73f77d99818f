from typing import Any

import pytest

from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING, Claims
from gateword.shields.suspicious_ip import SuspiciousIpShield
from tests.support.knocks import ADDRESS, a_knock, a_protection

RATES = {"pre-login": {"max_attempts": 5, "rate": 60_000}}


def claims(
    suspicious_ip: dict[str, object] | None = None,
    extras: dict[str, object] | None = None,
    **knock: Any,
) -> Claims:
    """Return what the shield claims under these settings."""
    settings = a_protection(suspicious_ip=suspicious_ip or {}, extras=extras or {})
    return SuspiciousIpShield().claims(a_knock(settings, **knock))


def bucket(**more: Any) -> Bucket:
    """Return the bucket of the address."""
    given: dict[str, Any] = {"size": 100, "refill_ms": 864_000, "place": ADDRESS, "covers": ADDRESS}
    return Bucket(shield="suspicious-ip", key=f"login:{ADDRESS}", **given | more)


@pytest.mark.parametrize(
    ("suspicious_ip", "extras", "expected"),
    [
        ({}, {}, Claims(buckets=(bucket(),))),
        ({"stage": RATES}, {}, Claims(buckets=(bucket(size=5, refill_ms=60_000),))),
        (
            {"shields": ["admin_notification"]},
            {},
            Claims(buckets=(bucket(only_tells=True),)),
        ),
    ],
    ids=["defaults", "numbers", "monitors"],
)
def test_settings_say_what_an_address_may_spend(
    suspicious_ip: dict[str, object], extras: dict[str, object], expected: Claims
) -> None:
    """§5.2: a token for each failed login, and none for a right one."""
    found = claims(suspicious_ip, extras)

    assert expected == found
    assert not any(one.spends_always or one.refunds or one.spares_known for one in found.buckets)


def test_ipv6_host_spends_of_two_networks() -> None:
    """§7: the /64 counts what is in flight there; the /48 around it has ten times as much."""
    own, wider = claims(ip="2001:db8:1:2::7").buckets

    assert ("login:2001:db8:1:2::/64", 100, "2001:db8:1:2::/64") == (own.key, own.size, own.place)
    assert ("login:2001:db8:1::/48", 1000, "") == (wider.key, wider.size, wider.place)


@pytest.mark.parametrize(
    ("suspicious_ip", "knock", "is_exempt"),
    [
        ({"enabled": False}, {}, True),
        ({"allowlist": [ADDRESS]}, {}, True),
        ({"allowlist": ["198.51.0.0/16"]}, {}, True),
        ({"allowlist": [ADDRESS]}, {"proxy_ip": "192.0.2.1"}, True),
        ({"allowlist": ["192.0.2.1"]}, {"proxy_ip": "192.0.2.1"}, False),
        ({"allowlist": [ADDRESS]}, {"is_sure": False}, False),
        ({"allowlist": [ADDRESS]}, {"ip": ""}, False),
        ({}, {"options": {"brute_force_protection": False}}, False),
    ],
    ids=[
        "off", "listed", "network listed", "user listed", "proxy listed", "unsure", "no address",
        "directory without brute-force protection",
    ],
)  # fmt: skip
def test_allow_list_exempts_the_address_that_counts(
    suspicious_ip: dict[str, object],
    knock: dict[str, Any],
    is_exempt: bool,  # noqa: FBT001  # a column of the table
) -> None:
    """AP-07: behind a listed server users are counted by their own addresses."""
    assert is_exempt == (NOTHING == claims(suspicious_ip, **knock))
