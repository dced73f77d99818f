from datetime import UTC, datetime, timedelta

import pytest

from gateword.domain.risk import Confidence, Location
from gateword.policy.confidence_travel import assessed

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
BERLIN = Location(latitude=52.52, longitude=13.40)
POTSDAM = Location(latitude=52.39, longitude=13.06)
PARIS = Location(latitude=48.86, longitude=2.35)
SYDNEY = Location(latitude=-33.87, longitude=151.21)
VAGUE_PARIS = Location(latitude=48.86, longitude=2.35, accuracy_km=900)
SUVA = Location(latitude=-18.14, longitude=178.44)
APIA = Location(latitude=-13.83, longitude=-171.77)
NOWHERE = Location()
TOR = Location(latitude=52.52, longitude=13.40, is_anonymous=True)
LOW, MEDIUM, HIGH, NEUTRAL = (
    Confidence.LOW,
    Confidence.MEDIUM,
    Confidence.HIGH,
    Confidence.NEUTRAL,
)


@pytest.mark.parametrize(
    ("before", "now", "hours", "confidence", "code"),
    [
        (BERLIN, BERLIN, 0, HIGH, "minimal_travel_from_last_login"),
        (BERLIN, POTSDAM, 0, HIGH, "minimal_travel_from_last_login"),
        (BERLIN, POTSDAM, -1, HIGH, "minimal_travel_from_last_login"),
        (BERLIN, PARIS, 2, MEDIUM, "travel_from_last_login"),
        (BERLIN, SYDNEY, 24, MEDIUM, "substantial_travel_from_last_login"),
        (BERLIN, PARIS, 0.5, LOW, "impossible_travel_from_last_login"),
        (BERLIN, PARIS, 0, LOW, "impossible_travel_from_last_login"),
        (BERLIN, SYDNEY, 15, LOW, "impossible_travel_from_last_login"),
        (BERLIN, VAGUE_PARIS, 0, HIGH, "minimal_travel_from_last_login"),
        (SUVA, APIA, 2, MEDIUM, "substantial_travel_from_last_login"),
        (BERLIN, PARIS, -1, LOW, "invalid_travel"),
        (BERLIN, TOR, 24, LOW, "anonymous_proxy"),
        (BERLIN, NOWHERE, 24, NEUTRAL, "unknown_location"),
        (NOWHERE, BERLIN, 24, NEUTRAL, "location_history_not_found"),
        (None, BERLIN, 24, NEUTRAL, "location_history_not_found"),
        (None, None, 24, NEUTRAL, "missing_geoip"),
    ],
)
def test_way_from_the_last_login_takes_its_time(
    before: Location | None, now: Location | None, hours: float, confidence: Confidence, code: str
) -> None:
    """Faster than an airliner is impossible, over the date line as well; unknown is neutral."""
    found = assessed(before, now, NOON - timedelta(hours=hours), NOON)

    assert (confidence, code) == (found.confidence, found.code)


def test_first_login_has_come_from_nowhere() -> None:
    """There is no way to judge; that nothing is known of the user is said by the other signals."""
    found = assessed(None, BERLIN, None, NOON)

    assert (NEUTRAL, "initial_login") == (found.confidence, found.code)
