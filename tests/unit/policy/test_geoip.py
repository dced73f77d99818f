from gateword.domain.risk import Location
from gateword.policy.geoip import in_actions, in_rules

BERLIN = Location(
    continent_code="EU",
    country_code="DE",
    country_name="Germany",
    city_name="Berlin",
    subdivision_code="BE",
    subdivision_name="Land Berlin",
    time_zone="Europe/Berlin",
    latitude=52.5,
    longitude=0.0,
    accuracy_km=20,
)


def test_rules_and_actions_call_it_by_different_names() -> None:
    """Rules see snake case and a code of three letters, Actions camel case; zero is a longitude."""
    rules, actions = in_rules(BERLIN), in_actions(BERLIN)

    assert {
        "country_code": "DE",
        "country_code3": "DEU",
        "country_name": "Germany",
        "city_name": "Berlin",
        "latitude": 52.5,
        "longitude": 0.0,
        "time_zone": "Europe/Berlin",
        "continent_code": "EU",
        "subdivision_code": "BE",
        "subdivision_name": "Land Berlin",
    } == rules
    assert {
        "countryCode": "DE",
        "countryName": "Germany",
        "cityName": "Berlin",
        "latitude": 52.5,
        "longitude": 0.0,
        "timeZone": "Europe/Berlin",
        "continentCode": "EU",
        "subdivisionCode": "BE",
        "subdivisionName": "Land Berlin",
    } == actions


def test_what_is_not_known_is_left_out() -> None:
    """Of some addresses only the country is known; without a database nothing is."""
    assert {"country_code": "ZZ"} == in_rules(Location(country_code="ZZ"))
    assert {"countryCode": "ZZ"} == in_actions(Location(country_code="ZZ"))
    assert {} == in_rules(None)
    assert {} == in_actions(None)
