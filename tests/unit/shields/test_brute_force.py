from typing import Any

import pytest

from gateword.ports.attempts import EVERYWHERE, Tries
from gateword.ports.shield import NOTHING, Claims
from gateword.shields.brute_force import BruteForceShield
from tests.support.knocks import ADDRESS, a_knock, a_protection

APP_SERVER = "192.0.2.1"


def claims(
    brute_force: dict[str, object] | None = None,
    extras: dict[str, object] | None = None,
    **knock: Any,
) -> Claims:
    """Return what the shield claims under these settings."""
    settings = a_protection(brute_force=brute_force or {}, extras=extras or {})
    return BruteForceShield().claims(a_knock(settings, **knock))


def tries(place: str = ADDRESS, limit: int | None = 10, **more: Any) -> Tries:
    """Return a bound of the shield."""
    return Tries(shield="brute-force", place=place, limit=limit, **more)


CAP = tries(EVERYWHERE, 100, spares_known=True, is_own=False)


def test_account_is_counted_at_its_address_and_over_all() -> None:
    """§5.1, §7: ten at an address; a hundred over all, but where the user is known."""
    assert Claims(tries=(tries(), CAP)) == claims()


def test_ipv6_host_is_counted_as_its_network() -> None:
    """G6: whoever moves within a /64 is where he was."""
    assert [
        "2001:db8:1:2::/64",
        EVERYWHERE,
    ] == [one.place for one in claims(ip="2001:db8:1:2::77").tries]


@pytest.mark.parametrize(
    ("brute_force", "extras", "expected"),
    [
        (
            {"max_attempts": 5},
            {"account_cap": 50},
            (tries(limit=5), tries(EVERYWHERE, 50, spares_known=True, is_own=False)),
        ),
        (
            {},
            {"account_cap": 0},
            (tries(), tries(EVERYWHERE, None, spares_known=True, is_own=False)),
        ),
        (
            {"mode": "count_per_identifier"},
            {},
            (tries(EVERYWHERE), tries(limit=None)),
        ),
        (
            {},
            {"lockout_style": "backoff"},
            (
                tries(backs_off=True),
                tries(EVERYWHERE, 100, spares_known=True, is_own=False, backs_off=True),
            ),
        ),
        (
            {"mode": "count_per_identifier"},
            {"lockout_style": "backoff"},
            (
                tries(EVERYWHERE, spares_known=True, is_own=False, backs_off=True),
                tries(backs_off=True),
            ),
        ),
        (
            {"shields": ["user_notification"]},
            {},
            (
                tries(only_tells=True),
                tries(EVERYWHERE, 100, spares_known=True, is_own=False, only_tells=True),
            ),
        ),
        (
            {"shields": [], "mode": "count_per_identifier"},
            {},
            (tries(EVERYWHERE, only_tells=True), tries(limit=None, only_tells=True)),
        ),
    ],
    ids=[
        "numbers",
        "no cap",
        "account",
        "back-off",
        "account, back-off",
        "monitors",
        "account, monitors",
    ],
)
def test_settings_say_what_is_counted(
    brute_force: dict[str, object], extras: dict[str, object], expected: tuple[Tries, ...]
) -> None:
    """Each mode counts at the address and over all places, so that another one can go on."""
    assert Claims(tries=expected) == claims(brute_force, extras)


@pytest.mark.parametrize(
    ("brute_force", "knock"),
    [
        ({"enabled": False}, {}),
        ({}, {"options": {"brute_force_protection": False}}),
        ({"allowlist": [APP_SERVER]}, {"ip": APP_SERVER}),
        ({"allowlist": ["192.0.2.0/24"]}, {"ip": APP_SERVER}),
        ({"allowlist": ["2001:db8::/48"]}, {"ip": "2001:db8::7"}),
        ({"allowlist": [ADDRESS]}, {"ip": ADDRESS, "proxy_ip": APP_SERVER}),
    ],
    ids=["off", "off for the directory", "listed", "network listed", "IPv6 listed", "user listed"],
)
def test_nothing_is_counted_of_the_exempt(
    brute_force: dict[str, object], knock: dict[str, Any]
) -> None:
    """AP-07, AP-08: the address that counts is the one that is looked up, and no other."""
    assert NOTHING == claims(brute_force, **knock)


@pytest.mark.parametrize(
    ("brute_force", "knock"),
    [
        ({}, {"options": {"brute_force_protection": True}}),
        ({}, {"options": {"brute_force_protection": None}}),
        ({}, {"options": {"brute_force_protection": 0}}),
        ({"allowlist": [APP_SERVER]}, {"ip": ADDRESS, "proxy_ip": APP_SERVER}),
        ({"allowlist": [APP_SERVER]}, {"ip": APP_SERVER, "is_sure": False}),
        ({"allowlist": ["198.51.100.8"]}, {}),
        ({"allowlist": [APP_SERVER]}, {"ip": ""}),
    ],
    ids=["on", "unset", "no boolean", "proxy listed", "unsure", "neighbour listed", "no address"],
)
def test_everybody_else_is_counted(brute_force: dict[str, object], knock: dict[str, Any]) -> None:
    """AP-07: behind a listed server users are counted, and so is whoever spoils the header."""
    assert 2 == len(claims(brute_force, **knock).tries)
