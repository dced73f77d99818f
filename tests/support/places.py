"""A geo database of a few addresses, written here and known to nobody else."""

from pathlib import Path
from typing import Any, Final

from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]  # needed by the writer

BERLIN_IP: Final = "198.51.100.7"
POTSDAM_IP: Final = "198.51.100.130"
SYDNEY_IP: Final = "203.0.113.7"
HIDDEN_IP: Final = "192.0.2.66"
BARE_IP: Final = "192.0.2.7"
UNKNOWN_IP: Final = "192.0.2.200"


def _city(city: str, country: str, code: str, latitude: float, longitude: float) -> dict[str, Any]:
    return {
        "city": {"names": {"en": city, "de": f"{city} (de)"}},
        "continent": {"code": "EU" if code == "DE" else "OC"},
        "country": {"iso_code": code, "names": {"en": country}},
        "location": {
            "accuracy_radius": 20,
            "latitude": latitude,
            "longitude": longitude,
            "time_zone": f"Zone/{city}",
        },
        "subdivisions": [{"iso_code": city[:2].upper(), "names": {"en": f"Land {city}"}}],
    }


_PLACES: Final = {
    "198.51.100.0/25": _city("Berlin", "Germany", "DE", 52.52, 13.4),
    "198.51.100.128/25": _city("Potsdam", "Germany", "DE", 52.39, 13.06),
    "203.0.113.0/24": _city("Sydney", "Australia", "AU", -33.87, 151.21),
    "192.0.2.66/32": {"traits": {"is_anonymous_proxy": True}},
    "192.0.2.7/32": {"country": {"iso_code": "FR"}, "location": {"latitude": True}},
}


def geo_file(folder: Path) -> Path:
    """Write the database; return its path."""
    writer = MMDBWriter(4, "City", languages=["en", "de"], float_type="f64")
    for network, place in _PLACES.items():
        writer.insert_network(IPSet([network]), place)
    path = folder / "places.mmdb"
    writer.to_db_file(str(path))
    return path
