"""Where addresses are, by a file in MaxMind's format (port `Geography`)."""

from pathlib import Path
from typing import Final

import maxminddb

from gateword.domain.risk import Location

_LANGUAGE: Final = "en"


class GeoDatabase:
    """A file of places; it is mapped into memory, so a look costs microseconds.

    Raises:
        ValueError: The file is missing or no such database.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._reader = maxminddb.open_database(path, maxminddb.MODE_AUTO)
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise ValueError(f"geo_database {path} cannot be read: {error}") from None

    def locate(self, ip: str) -> Location:
        try:
            found = self._reader.get(ip)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return Location()  # no address, one that the file cannot hold, or a broken entry
        return _location(found)

    def close(self) -> None:
        """Let the file go."""
        self._reader.close()


def _location(found: object) -> Location:
    record, place = _members(found), _members(_members(found).get("location"))
    country, continent = _members(record.get("country")), _members(record.get("continent"))
    listed = record.get("subdivisions")
    subdivision = _members(listed[0]) if isinstance(listed, list) and listed else {}
    traits = _members(record.get("traits"))
    return Location(
        continent_code=_text(continent.get("code")),
        country_code=_text(country.get("iso_code")),
        country_name=_name(country),
        subdivision_code=_text(subdivision.get("iso_code")),
        subdivision_name=_name(subdivision),
        city_name=_name(_members(record.get("city"))),
        time_zone=_text(place.get("time_zone")),
        latitude=_number(place.get("latitude")),
        longitude=_number(place.get("longitude")),
        accuracy_km=_number(place.get("accuracy_radius")) or 0.0,
        is_anonymous=traits.get("is_anonymous_proxy") is True,
    )


def _members(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _name(of: dict[str, object]) -> str:
    return _text(_members(of.get("names")).get(_LANGUAGE))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and isinstance(value, int | float) else None
