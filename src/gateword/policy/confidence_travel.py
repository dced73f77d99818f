"""Could the user have come from where they last logged in.

Rule 1: pure. Rule 2: two places are as near as they may be: both may be off by their accuracy.
Source: Auth0 "Adaptive MFA" (signal `ImpossibleTravel`, codes); the speed and distances are ours.
"""

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from gateword.domain.risk import Assessment, Confidence, Location

FASTEST_KM_H: Final = 1000
"""An airliner's speed over ground, with a good wind."""

NEAR_KM: Final = 100
"""Within that, mobile networks and databases disagree about where somebody is."""

FAR_KM: Final = 1000
_EARTH_KM: Final = 6371.0
_HOUR: Final = timedelta(hours=1)


def assessed(
    before: Location | None, now: Location | None, since: datetime | None, at: datetime
) -> Assessment:
    """Say what the way from the last complete login comes to.

    Args:
        before: Where that was.
        now: Where this one is; None when no database says where anything is.
        since: When that was; None when there was none.
        at: Now.
    """
    if now is None:
        return Assessment(Confidence.NEUTRAL, "missing_geoip")
    if now.is_anonymous:
        return Assessment(Confidence.LOW, "anonymous_proxy")
    if since is None:
        return Assessment(Confidence.NEUTRAL, "initial_login")
    if now.latitude is None or now.longitude is None:
        return Assessment(Confidence.NEUTRAL, "unknown_location")
    if before is None or before.latitude is None or before.longitude is None:
        return Assessment(Confidence.NEUTRAL, "location_history_not_found")
    apart = _apart_km((before.latitude, before.longitude), (now.latitude, now.longitude))
    return _way(max(0.0, apart - before.accuracy_km - now.accuracy_km), at - since)


def _way(km: float, took: timedelta) -> Assessment:
    if km <= NEAR_KM:
        return Assessment(Confidence.HIGH, "minimal_travel_from_last_login")
    if took < timedelta(0):  # clocks of two servers, or one that was set back
        return Assessment(Confidence.LOW, "invalid_travel")
    if km > FASTEST_KM_H * (took / _HOUR):
        return Assessment(Confidence.LOW, "impossible_travel_from_last_login")
    code = "travel_from_last_login" if km <= FAR_KM else "substantial_travel_from_last_login"
    return Assessment(Confidence.MEDIUM, code)


def _apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance over the ground (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))
