"""Where an address is, as scripts see it; nothing of what is not known.

Rule 1: pure. Source: Auth0 "Context Object Properties in Rules", "Post-login event object".
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.risk import Location
from gateword.policy.country_codes import three_letters

_IN_RULES: Final = {
    "country_code": "country_code",
    "country_name": "country_name",
    "city_name": "city_name",
    "latitude": "latitude",
    "longitude": "longitude",
    "time_zone": "time_zone",
    "continent_code": "continent_code",
    "subdivision_code": "subdivision_code",
    "subdivision_name": "subdivision_name",
}
_IN_ACTIONS: Final = {
    "countryCode": "country_code",
    "countryName": "country_name",
    "cityName": "city_name",
    "latitude": "latitude",
    "longitude": "longitude",
    "timeZone": "time_zone",
    "continentCode": "continent_code",
    "subdivisionCode": "subdivision_code",
    "subdivisionName": "subdivision_name",
}


def in_rules(where: Location | None) -> dict[str, object]:
    """Return `context.request.geoip`; empty without a database."""
    shown = _shown(where, _IN_RULES)
    code3 = three_letters(where.country_code) if where else ""
    return {**shown, "country_code3": code3} if code3 else shown


def in_actions(where: Location | None) -> dict[str, object]:
    """Return `event.request.geoip`; empty without a database."""
    return _shown(where, _IN_ACTIONS)


def _shown(where: Location | None, names: Mapping[str, str]) -> dict[str, object]:
    if where is None:
        return {}
    found = {name: getattr(where, member) for name, member in names.items()}
    return {name: value for name, value in found.items() if value not in ("", None)}
