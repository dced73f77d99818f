from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from gateword.domain.protection import (
    Bots,
    Breached,
    BruteForce,
    Extras,
    LeakedShields,
    Protection,
    Rate,
    SuspiciousIp,
)
from gateword.policy import attack_protection as documents
from gateword.policy import protection, protection_extras

NOTHING = LeakedShields(blocks=False, notifies_user=False, notifies_admin=False)
DEFAULTS = Protection(
    brute_force=BruteForce(
        enabled=True, blocks=True, notifies=True, everywhere=False, limit=10, allowlist=()
    ),
    suspicious_ip=SuspiciousIp(
        enabled=True,
        blocks=True,
        notifies_admin=True,
        allowlist=(),
        login=Rate(100, 864_000),
        signup=Rate(50, 1_200),
    ),
    breached=Breached(
        enabled=False, login=NOTHING, signup=NOTHING, change=NOTHING, frequency=frozenset()
    ),
    bots=Bots(policy="never", reset_policy="never", level="medium", allowlist=(), monitors=False),
    extras=Extras(
        backs_off=False,
        account_cap=100,
        same_user=20,
        client_ceiling=100,
        strangers=20,
        names=1000,
        strict=False,
        alarms=True,
        admin_email="",
    ),
)


def read(name: str, **members: Any) -> Protection:
    """Return what one stored object makes of the settings."""
    return protection.read({name: members})


def test_tenant_that_stored_nothing_has_the_defaults() -> None:
    """§5.1 to §5.4: what Auth0's recordings show, and our own beside it."""
    assert DEFAULTS == protection.read({})


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"enabled": False}, {"enabled": False}),
        ({"shields": []}, {"blocks": False, "notifies": False}),
        ({"shields": ["block"]}, {"notifies": False}),
        ({"shields": ["user_notification"]}, {"blocks": False}),
        ({"mode": "count_per_identifier"}, {"everywhere": True}),
        ({"max_attempts": 5}, {"limit": 5}),
        (
            {"allowlist": ["192.0.2.0/24", "2001:db8::1"]},
            {"allowlist": (ip_network("192.0.2.0/24"), ip_network("2001:db8::1/128"))},
        ),
        ({"allowlist": ["192.0.2.77/24"]}, {"allowlist": (ip_network("192.0.2.0/24"),)}),
        ({"allowlist": ["nonsense"]}, {}),
    ],
)
def test_brute_force_object_is_read(members: dict[str, Any], expected: dict[str, Any]) -> None:
    """A stored object says what it says; what it leaves out is the default."""
    found = read(documents.BRUTE_FORCE, **members)

    assert replace(DEFAULTS, brute_force=replace(DEFAULTS.brute_force, **expected)) == found


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"enabled": False}, {"enabled": False}),
        ({"shields": ["block"]}, {"notifies_admin": False}),
        ({"shields": ["admin_notification"]}, {"blocks": False}),
        (
            {
                "stage": {
                    "pre-login": {"max_attempts": 5, "rate": 1000},
                    "pre-user-registration": {"max_attempts": 6, "rate": 2000},
                }
            },
            {"login": Rate(5, 1000), "signup": Rate(6, 2000)},
        ),
        ({"allowlist": ["::1"]}, {"allowlist": (ip_network("::1/128"),)}),
    ],
)
def test_suspicious_ip_object_is_read(members: dict[str, Any], expected: dict[str, Any]) -> None:
    """Each stage has tokens at once, and a time for one more."""
    found = read(documents.SUSPICIOUS_IP, **members)

    assert replace(DEFAULTS, suspicious_ip=replace(DEFAULTS.suspicious_ip, **expected)) == found


def test_breached_password_object_is_read() -> None:
    """Login, sign-up and new password have shields of their own."""
    found = read(
        documents.BREACHED_PASSWORD,
        enabled=True,
        shields=["block", "user_notification", "admin_notification"],
        admin_notification_frequency=["daily", "weekly"],
        stage={
            "pre-user-registration": {"shields": ["block"]},
            "pre-change-password": {"shields": ["admin_notification"]},
        },
    )

    assert (
        Breached(
            enabled=True,
            login=LeakedShields(blocks=True, notifies_user=True, notifies_admin=True),
            signup=replace(NOTHING, blocks=True),
            change=replace(NOTHING, notifies_admin=True),
            frequency=frozenset({"daily", "weekly"}),
        )
        == found.breached
    )


def test_bot_detection_object_is_read() -> None:
    """Policy, level, allow-list and monitoring."""
    found = read(
        documents.BOT_DETECTION,
        challenge_password_policy="when_risky",
        challenge_password_reset_policy="always",
        bot_detection_level="high",
        allowlist=["192.0.2.1"],
        monitoring_mode_enabled=True,
    )

    assert (
        Bots(
            policy="when_risky",
            reset_policy="always",
            level="high",
            allowlist=(ip_network("192.0.2.1/32"),),
            monitors=True,
        )
        == found.bots
    )


def test_our_own_object_is_read() -> None:
    """A number of 0 switches a bound off."""
    numbers = dict.fromkeys(protection_extras.MOST, 0)
    found = read(
        protection_extras.EXTRAS,
        **numbers,
        lockout_style="backoff",
        strict_forwarded_for=True,
        alarms=False,
        admin_email="ops@example.com",
    )

    assert (
        Extras(
            backs_off=True,
            account_cap=None,
            same_user=None,
            client_ceiling=None,
            strangers=None,
            names=None,
            strict=True,
            alarms=False,
            admin_email="ops@example.com",
        )
        == found.extras
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", True),
        ("192.0.3.7", False),
        ("2001:db8::7", True),
        ("2001:db8:1::7", False),
        ("::ffff:192.0.2.7", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_allow_list_names_addresses_and_networks(address: str, expected: bool) -> None:  # noqa: FBT001  # a column of the table
    """AP-08: a network lists everybody in it; an address of the other kind is none of them."""
    networks = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/48"))

    assert expected == protection.lists(networks, address)
    assert not protection.lists((), address)
