from datetime import UTC, datetime, timedelta

import pytest

from gateword.domain.risk import Assessment, Confidence, Risk, Seen
from gateword.policy.confidence import (
    combined,
    device_text,
    document,
    is_learned,
    new_device,
    untrusted_ip,
)

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATELY = NOON - timedelta(hours=1)
LONG_AGO = NOON - timedelta(days=2)
PLACE = "198.51.100.7"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
LOW, MEDIUM, HIGH, NEUTRAL = (
    Confidence.LOW,
    Confidence.MEDIUM,
    Confidence.HIGH,
    Confidence.NEUTRAL,
)


def said(*confidences: Confidence) -> list[Assessment]:
    """Return a signal that says each of these."""
    return [Assessment(one, "any") for one in confidences]


@pytest.mark.parametrize(
    ("signals", "together"),
    [
        ((HIGH, HIGH, HIGH), HIGH),
        ((HIGH, HIGH, NEUTRAL), HIGH),
        ((HIGH, HIGH, MEDIUM), MEDIUM),
        ((NEUTRAL, NEUTRAL, MEDIUM), MEDIUM),
        ((LOW, HIGH, HIGH), LOW),
        ((HIGH, LOW, NEUTRAL), LOW),
        ((MEDIUM, MEDIUM, LOW), LOW),
        ((LOW, LOW, LOW), LOW),
        ((NEUTRAL, NEUTRAL, NEUTRAL), NEUTRAL),
        ((), NEUTRAL),
    ],
)
def test_lowest_signal_decides(signals: tuple[Confidence, ...], together: Confidence) -> None:
    """What fits can be copied, so it outweighs nothing; what says nothing counts for nothing."""
    assert together is combined(said(*signals))


@pytest.mark.parametrize(
    ("device", "seen", "is_first", "confidence", "code"),
    [
        ("d", Seen(device_at=LATELY, any_device_at=LATELY), False, HIGH, "match"),
        ("d", Seen(any_device_at=LATELY), False, LOW, "no_match"),
        ("d", Seen(), False, LOW, "no_device_history"),
        ("d", Seen(), True, LOW, "initial_login"),
        (None, Seen(any_device_at=LATELY), False, LOW, "unknown_device"),
        (None, Seen(device_at=LATELY), False, LOW, "unknown_device"),
    ],
)
def test_only_a_device_that_completed_a_login_is_known(
    device: str | None, seen: Seen, *, is_first: bool, confidence: Confidence, code: str
) -> None:
    """A user of whom nothing is known is no reason for confidence, and saying nothing is none."""
    found = new_device(device, seen, is_first=is_first)

    assert (confidence, code) == (found.confidence, found.code)
    assert {"useragent": "known" if confidence is HIGH else "unknown"} == found.details


@pytest.mark.parametrize(
    ("ip", "place_at", "is_spent", "confidence", "code"),
    [
        (PLACE, LATELY, False, HIGH, "not_found_on_deny_list"),
        (PLACE, None, False, LOW, "new_address"),
        (PLACE, LATELY, True, LOW, "found_on_deny_list"),
        (PLACE, None, True, LOW, "found_on_deny_list"),
        ("a socket", LATELY, False, LOW, "invalid_ip_address"),
    ],
)
def test_address_is_trusted_that_is_the_users_own_and_quiet(
    ip: str, place_at: datetime | None, *, is_spent: bool, confidence: Confidence, code: str
) -> None:
    """Failures of neighbours count against a known address too: a factor is asked for, no more."""
    found = untrusted_ip(ip, PLACE, Seen(place_at=place_at), is_spent=is_spent)

    assert (confidence, code) == (found.confidence, found.code)


def test_device_stays_the_same_when_its_browser_is_updated() -> None:
    """Versions of the browser, the system and the SDK are no part of it."""
    old = device_text("web", FIREFOX.format(127), {"name": "auth0.js", "version": "9.1.0"})
    new = device_text("web", FIREFOX.format(128), {"version": "10", "name": "auth0.js"})

    assert old == new


@pytest.mark.parametrize(
    ("client", "user_agent", "telemetry"),
    [
        ("other", FIREFOX.format(127), {"name": "auth0.js"}),
        ("web", FIREFOX.format(127).replace("Linux", "FreeBSD"), {"name": "auth0.js"}),
        ("web", FIREFOX.format(127), {"name": "auth0-spa-js"}),
        ("web", FIREFOX.format(127), None),
        ("web", "", {"name": "auth0.js"}),
        ("web", "SM-G991B", None),
        ("web", "SM-G998B", None),
    ],
)
def test_device_differs_by_client_user_agent_and_sdk(
    client: str, user_agent: str, telemetry: dict[str, object] | None
) -> None:
    """A number in the name of a model is no version."""
    rows = [("web", FIREFOX.format(127), {"name": "auth0.js"}), ("web", "SM-G996B", None)]
    texts = [device_text(*row) for row in rows]

    assert device_text(client, user_agent, telemetry) not in texts


def test_who_says_nothing_is_no_device() -> None:
    """Else all who say nothing would be one device."""
    assert "" == device_text("web", "  ", None)


@pytest.mark.parametrize(
    ("seen", "device", "learned"),
    [
        (Seen(place_at=LATELY, device_at=LATELY), "d", True),
        (Seen(place_at=LATELY), None, True),
        (Seen(place_at=LONG_AGO, device_at=LATELY), "d", False),
        (Seen(place_at=LATELY, device_at=LONG_AGO), "d", False),
        (Seen(place_at=LATELY), "d", False),
        (Seen(device_at=LATELY), "d", False),
    ],
)
def test_what_is_known_is_written_once_a_day(
    seen: Seen, device: str | None, *, learned: bool
) -> None:
    """A login that brings nothing new writes nothing."""
    assert learned is is_learned(seen, device, NOON)


def test_scripts_see_the_documented_shape() -> None:
    """Auth0's "Customize Adaptive MFA": version, confidence, and each signal by its name."""
    known = Assessment(HIGH, "match", {"useragent": "known"})
    silent = Assessment(NEUTRAL, "missing_geoip")
    signals = {"NewDevice": known, "ImpossibleTravel": silent}

    risk = Risk(confidence=HIGH, assessments=signals, user_key=1, place=PLACE, device="d")

    assert {
        "confidence": "high",
        "version": "1",
        "assessments": {
            "NewDevice": {
                "confidence": "high",
                "code": "match",
                "details": {"useragent": "known"},
            },
            "ImpossibleTravel": {"confidence": "neutral", "code": "missing_geoip"},
        },
    } == document(risk)
