from datetime import timedelta, timezone
from typing import Any

import pytest

from gateword.policy import protection
from gateword.policy.attack_protection import BREACHED_PASSWORD, DEFAULTS, SUSPICIOUS_IP
from gateword.policy.notice import (
    ATTACKED,
    CHANGE,
    HOUR_MS,
    LEAKED,
    LOGIN,
    PRESSED,
    SIGNUP,
    Notice,
    Pace,
    is_told,
    ordered,
    pace,
)
from tests.unit.makers import NOW

DAY_MS = 24 * HOUR_MS
ADDRESS = "198.51.100.7"


def _leak(flow: str = LOGIN, address: str = ADDRESS) -> Notice:
    return Notice(address=address, at=NOW, what=LEAKED, flow=flow)


def _breached(**members: Any) -> dict[str, dict[str, object]]:
    return {BREACHED_PASSWORD: {**DEFAULTS[BREACHED_PASSWORD], **members}}


@pytest.mark.parametrize("everywhere", [True, False])
def test_notice_comes_out_of_an_order_as_it_went_in(everywhere: bool) -> None:  # noqa: FBT001
    """What a letter tells of survives until it is written; the time to the millisecond."""
    at = NOW.replace(microsecond=345_000)
    notice = Notice(address=ADDRESS, at=at, everywhere=everywhere, what=PRESSED, flow=SIGNUP)

    assert notice == ordered(notice.order())


def test_order_of_another_letter_tells_of_nothing() -> None:
    """A letter to verify an address has no such facts."""
    assert ordered({"connection": "Customers", "client_id": ""}) is None


def test_time_is_written_for_people_and_in_utc() -> None:
    """Wherever the server is, the letter says the same."""
    east = timezone(timedelta(hours=9))

    assert "23 November 2026, 12:00 UTC" == Notice(address="", at=NOW.astimezone(east)).time


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (["immediately", "monthly"], Pace(f"alert:leak:{ADDRESS}", HOUR_MS)),
        (["daily"], Pace("alert:leak", DAY_MS)),
        (["monthly", "weekly"], Pace("alert:leak", 7 * DAY_MS)),
        (["monthly"], Pace("alert:leak", 30 * DAY_MS)),
        ([], Pace("alert:leak", DAY_MS)),
    ],
)
def test_frequency_says_how_often_an_operator_is_told(frequency: list[str], expected: Pace) -> None:
    """Of several the shortest counts, and unsaid is daily; at once is by address."""
    stored = _breached(shields=["admin_notification"], admin_notification_frequency=frequency)

    assert expected == pace(protection.read(stored), _leak())


def test_addresses_of_one_network_are_told_of_together() -> None:
    """An IPv6 host does not bring about a letter with each address of its /64."""
    stored = _breached(shields=["admin_notification"], admin_notification_frequency=["immediately"])

    told = {
        pace(protection.read(stored), _leak(address=f"2001:db8::{number}")) for number in range(3)
    }

    assert {Pace("alert:leak:2001:db8::/64", HOUR_MS)} == told


@pytest.mark.parametrize(
    ("stored", "flows"),
    [
        (_breached(), []),
        (_breached(shields=["block", "user_notification"]), []),
        (_breached(shields=["admin_notification"]), [LOGIN]),
        (_breached(stage={"pre-user-registration": {"shields": ["admin_notification"]}}), [SIGNUP]),
        (_breached(stage={"pre-change-password": {"shields": ["admin_notification"]}}), [CHANGE]),
    ],
)
def test_each_stage_says_whether_an_operator_is_told(
    stored: dict[str, dict[str, object]], flows: list[str]
) -> None:
    """The shield of one stage is none of another's."""
    settings = protection.read(stored)

    assert flows == [flow for flow in (LOGIN, SIGNUP, CHANGE) if pace(settings, _leak(flow))]


@pytest.mark.parametrize(
    ("alarms", "expected"), [(True, Pace("alert:attack", HOUR_MS)), (False, None)]
)
def test_operator_is_told_of_attacks_where_alarms_are_on(
    alarms: bool,  # noqa: FBT001
    expected: Pace | None,
) -> None:
    """Once an hour, whatever the shields of addresses and leaked passwords are."""
    stored: dict[str, dict[str, object]] = {"x-gateword": {"alarms": alarms}}

    assert expected == pace(protection.read(stored), Notice(address="", at=NOW, what=ATTACKED))


def test_nobody_is_told_when_nobody_is_named() -> None:
    """Without an address of the operator there is no letter, whatever the shields are."""
    notice = Notice(address=ADDRESS, at=NOW, what=PRESSED)
    named: dict[str, dict[str, object]] = {"x-gateword": {"admin_email": "ops@tenant.example"}}
    off = {SUSPICIOUS_IP: {**DEFAULTS[SUSPICIOUS_IP], "shields": ["block"]}}

    assert [False, True, False] == [
        is_told(protection.read(stored), notice) for stored in ({}, named, named | off)
    ]
