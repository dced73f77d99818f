from pathlib import Path

import pytest

from gateword.domain.risk import Location
from gateword.storage.geo_database import GeoDatabase
from gateword.storage.open import open_geography
from tests.support.places import BARE_IP, BERLIN_IP, HIDDEN_IP, UNKNOWN_IP, geo_file


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> GeoDatabase:
    """A database of a few addresses."""
    return GeoDatabase(geo_file(tmp_path_factory.mktemp("places")))


def test_address_is_located(database: GeoDatabase) -> None:
    """Everything that MaxMind's City files say of it, in English."""
    assert Location(
        continent_code="EU",
        country_code="DE",
        country_name="Germany",
        subdivision_code="BE",
        subdivision_name="Land Berlin",
        city_name="Berlin",
        time_zone="Zone/Berlin",
        latitude=52.52,
        longitude=13.4,
        accuracy_km=20,
    ) == database.locate(BERLIN_IP)


def test_address_that_hides_its_users_is_told(database: GeoDatabase) -> None:
    """Where the file says so."""
    assert database.locate(HIDDEN_IP).is_anonymous


def test_entry_of_an_odd_form_says_what_it_can(database: GeoDatabase) -> None:
    """Files come from many makers; a login does not end because of one."""
    assert Location(country_code="FR") == database.locate(BARE_IP)


@pytest.mark.parametrize("ip", [UNKNOWN_IP, "2001:db8::1", "a socket", ""])
def test_address_that_the_file_does_not_know_is_nowhere(database: GeoDatabase, ip: str) -> None:
    """Nor is a text that is no address, or an IPv6 address in a file of IPv4."""
    assert Location() == database.locate(ip)


def test_nothing_is_read_without_the_setting() -> None:
    """Nobody knows where addresses are."""
    assert None is open_geography("")


@pytest.mark.parametrize("text", [None, b"", b"no database"])
def test_file_that_cannot_be_read_is_refused_at_the_start(
    tmp_path: Path, text: bytes | None
) -> None:
    """By name and setting; else a signal would be missing and nobody would know."""
    path = tmp_path / "cities.mmdb"
    if text is not None:
        path.write_bytes(text)

    with pytest.raises(ValueError, match=r"geo_database .*cities\.mmdb cannot be read"):
        open_geography(str(path))
