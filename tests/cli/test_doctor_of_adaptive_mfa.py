import json

from tests.cli.conftest import CommandLine
from tests.compat.shop import CONFIG

POLICY = "guardianPolicies: {policies: [confidence-score]}"


def about(output: str, what: str) -> list[str]:
    """Return the first words of each finding about something."""
    found = json.loads(output)["findings"]
    return [one["text"][:30] for one in found if one["about"] == what]


def test_doctor_says_which_signals_cannot_see(gateword: CommandLine) -> None:
    """Without a geo database, and where a proxy in front hides all addresses."""
    gateword.apply(CONFIG)
    gateword.apply(POLICY)

    done = gateword("doctor", "--json", env={"GATEWORD_TLS": "off"})

    assert 0 == done.exit_code
    texts = about(done.stdout, "adaptive MFA")
    assert "says nothing of impossible tra" in texts
    assert "tls is off and trusted_proxies" in texts


def test_doctor_takes_the_word_of_a_listed_proxy(gateword: CommandLine) -> None:
    """Then addresses are those of users."""
    gateword.apply(POLICY)
    env = {"GATEWORD_TLS": "off", "GATEWORD_TRUSTED_PROXIES": "10.0.0.0/8"}

    done = gateword("doctor", "--json", env=env)

    assert "tls is off and trusted_proxies" not in about(done.stdout, "adaptive MFA")


def test_doctor_finds_a_geo_database_that_cannot_be_read(gateword: CommandLine) -> None:
    """The server will not start with it; the rest is looked at all the same."""
    gateword.apply(POLICY)

    done = gateword("doctor", "--json", env={"GATEWORD_GEO_DATABASE": "/nowhere/cities.mmdb"})

    assert 1 == done.exit_code
    assert 1 == len(about(done.stdout, "geo_database"))
    assert "says nothing of impossible tra" in about(done.stdout, "adaptive MFA")
    assert [] == about(done.stdout, "encryption key")
