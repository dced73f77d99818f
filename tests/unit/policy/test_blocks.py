from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from gateword.domain.protection import Protection
from gateword.policy import blocks, protection

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE = "198.51.100.7"
DAYS_30 = 30 * 24 * 3600


def settings(*, backs_off: bool = False, cap: int | None = 100, **brute_force: Any) -> Protection:
    """Return the defaults with something changed."""
    found = protection.read({})
    return replace(
        found,
        brute_force=replace(found.brute_force, **brute_force),
        extras=replace(found.extras, backs_off=backs_off, account_cap=cap),
    )


@pytest.mark.parametrize(
    ("given", "place", "failures", "shut_for_s"),
    [
        (settings(), HERE, 9, 0),
        (settings(), HERE, 10, DAYS_30),
        (settings(), "2001:db8::/64", 10, DAYS_30),
        (settings(), "", 99, 0),
        (settings(), "", 100, DAYS_30),
        (settings(cap=None), "", 10_000, 0),
        (settings(everywhere=True), "", 9, 0),
        (settings(everywhere=True), "", 10, DAYS_30),
        (settings(everywhere=True), HERE, 10_000, 0),
        (settings(limit=3), HERE, 3, DAYS_30),
        (settings(backs_off=True), HERE, 10, 60),
        (settings(backs_off=True), HERE, 12, 240),
        (settings(backs_off=True, everywhere=True), "", 10, 60),
        (settings(enabled=False), HERE, 10, DAYS_30),
    ],
)
def test_door_is_shut_by_the_settings_of_today(
    given: Protection, place: str, failures: int, shut_for_s: int
) -> None:
    """An address has its limit, an account over all addresses a cap, or the limit itself."""
    assert shut_for_s == blocks.shut_for_s(given, place, failures, NOON, NOON)


@pytest.mark.parametrize(
    ("given", "days", "is_shut"),
    [(settings(), 29, True), (settings(), 30, False), (settings(backs_off=True), 1, False)],
)
def test_door_opens_by_itself(given: Protection, days: int, *, is_shut: bool) -> None:
    """After 30 days, or after an hour at most where waits grow."""
    found = blocks.shut_for_s(given, HERE, 50, NOON, NOON + timedelta(days=days))

    assert is_shut is (found > 0)


@pytest.mark.parametrize(
    ("given", "least"),
    [
        (settings(), 10),
        (settings(cap=4), 4),
        (settings(cap=None, limit=1), 1),
        (settings(everywhere=True, limit=7, cap=2), 7),
    ],
)
def test_least_is_under_every_limit(given: Protection, least: int) -> None:
    """Counters with fewer failures need not be looked at."""
    assert least == blocks.least(given)


LISTED = (ip_network("198.51.100.0/24"), ip_network("2001:db8::/48"))


@pytest.mark.parametrize(
    ("given", "option", "place", "is_guarded"),
    [
        (settings(), None, HERE, True),
        (settings(enabled=False), None, HERE, False),
        (settings(blocks=False), None, HERE, False),
        (settings(), False, HERE, False),
        (settings(), True, HERE, True),
        (settings(allowlist=LISTED), None, HERE, False),
        (settings(allowlist=LISTED), None, "198.51.101.7", True),
        (settings(allowlist=LISTED), None, "2001:db8:0:1::/64", False),
        (settings(allowlist=LISTED), None, "2001:db8:1::/64", True),
        (settings(allowlist=(ip_network("2001:db8::1"),)), None, "2001:db8::/64", True),
        (settings(allowlist=LISTED), None, "", True),
        (settings(allowlist=LISTED), None, "testclient", True),
    ],
)
def test_who_is_guarded(
    given: Protection, place: str, *, option: bool | None, is_guarded: bool
) -> None:
    """What is off, only watches, is exempt or listed shuts nobody out."""
    options = {} if option is None else {"brute_force_protection": option}

    assert is_guarded is blocks.is_guarded(given, options, place)
