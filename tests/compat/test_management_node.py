"""npm `auth0` 7's ManagementClient, unmodified, manages here what it manages at Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.compat.management_steps import Sdk, a_name, do, every, ids
from tests.compat.shop import AUDIENCE, CLIENT_ID, CONFIG
from tests.support import served

SCRIPT: Final = "function (user, context, callback) { callback(null, user, context); }"


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The SDK, pointed at a served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield Sdk(instance, "auth0-management")


def test_clients(sdk: Sdk) -> None:
    """A client is made, read, changed, given a new secret, listed and deleted."""
    made, read, changed, rotated, listed, _, (gone,) = (
        *sdk.values(
            do("clients.create", {"name": a_name("c"), "app_type": "non_interactive"}, name="c"),
            do("clients.get", "$c.client_id"),
            do("clients.update", "$c.client_id", {"description": "x"}),
            do("clients.rotateSecret", "$c.client_id"),
            every("clients.list", {"per_page": 1, "include_totals": True}),
            do("clients.delete", "$c.client_id"),
        ),
        sdk.results(do("clients.get", "nobody")),
    )

    assert made["client_secret"] == read["client_secret"] != rotated["client_secret"]
    assert "x" == changed["description"]
    assert made["client_id"] in ids(listed, "client_id")
    assert ("NotFoundError", 404) == (gone["error"]["class"], gone["error"]["status"])


def test_client_grants(sdk: Sdk) -> None:
    """A client grant is made, listed by checkpoint, narrowed and deleted."""
    client = {"name": a_name("m"), "app_type": "non_interactive"}
    asked = {"client_id": "$c.client_id", "audience": AUDIENCE, "scope": ["read:orders"]}
    _, grant, listed, mine, changed, *_ = sdk.values(
        do("clients.create", client, name="c"),
        do("clientGrants.create", asked, name="g"),
        every("clientGrants.list", {"take": 1}),
        every("clientGrants.list", {"client_id": "$c.client_id"}),
        do("clientGrants.update", "$g.id", {"scope": []}),
        do("clientGrants.delete", "$g.id"),
        do("clients.delete", "$c.client_id"),
    )

    assert {grant["id"]} == ids(mine) <= ids(listed)
    assert [] == changed["scope"]


def test_resource_servers(sdk: Sdk) -> None:
    """An API is made, read by id and by identifier, changed, listed and deleted."""
    identifier = f"https://{a_name('api')}.example/v1"
    made, named, changed, listed, _ = sdk.values(
        do("resourceServers.create", {"identifier": identifier, "name": "Api"}, name="a"),
        do("resourceServers.get", identifier),
        do("resourceServers.update", "$a.id", {"token_lifetime": 60}),
        every("resourceServers.list", {"per_page": 1}),
        do("resourceServers.delete", "$a.id"),
    )

    assert made["id"] == named["id"]
    assert 60 == changed["token_lifetime"]
    assert {identifier, AUDIENCE} <= ids(listed, "identifier")


def test_connections(sdk: Sdk) -> None:
    """A database is made, read, changed, opened to a client, listed and deleted."""
    made, read, changed, _, clients, listed, _ = sdk.values(
        do("connections.create", {"name": a_name("Db"), "strategy": "auth0"}, name="d"),
        do("connections.get", "$d.id"),
        do("connections.update", "$d.id", {"options": {"passwordPolicy": "low"}}),
        do("connections.clients.update", "$d.id", [{"client_id": CLIENT_ID, "status": True}]),
        every("connections.clients.get", "$d.id", {"take": 1}),
        every("connections.list", {"strategy": ["auth0"], "take": 1}),
        do("connections.delete", "$d.id"),
    )

    assert made["name"] == read["name"]
    assert "low" == changed["options"]["passwordPolicy"]
    assert {CLIENT_ID} == ids(clients, "client_id")
    assert {made["name"], "Customers", "Employees"} <= ids(listed, "name")


def test_tenant_settings(sdk: Sdk) -> None:
    """The tenant's settings are read and changed."""
    before, changed = sdk.values(
        do("tenants.settings.get"),
        do("tenants.settings.update", {"friendly_name": "Shop"}),
    )

    assert "Customers" == before["default_directory"]
    assert "Shop" == changed["friendly_name"]


def test_logs_and_stats(sdk: Sdk) -> None:
    """The log is read by pages and one by one; active users and logins are counted."""
    _, listed, active, daily = sdk.values(
        do("rulesConfigs.set", "LOGGED", {"value": "x"}),
        every("logs.list", {"per_page": 50, "include_totals": True}),
        do("stats.getActiveUsersCount"),
        do("stats.getDaily", {"from": "20260101", "to": "20991231"}),
    )
    (one,) = sdk.values(do("logs.get", listed[0]["log_id"]))

    assert one["log_id"] == listed[0]["log_id"]
    assert isinstance(active, int)
    assert isinstance(daily, list)


def test_signing_keys(sdk: Sdk) -> None:
    """Signing keys are listed, rotated; the one before is revoked."""
    keys, rotated = sdk.values(do("keys.signing.list"), do("keys.signing.rotate"))
    current = next(key["kid"] for key in keys if key.get("current"))
    read, revoked = sdk.values(do("keys.signing.get", current), do("keys.signing.revoke", current))

    assert rotated["kid"]
    assert current == read["kid"] == revoked["kid"]


def test_attack_protection_and_guardian(sdk: Sdk) -> None:
    """Each of the settings is read and changed."""
    brute, changed, _, _, _, _, phone, backed_off, factors, factor, policies, none = sdk.values(
        do("attackProtection.bruteForceProtection.get"),
        do("attackProtection.bruteForceProtection.update", {"max_attempts": 5}),
        do("attackProtection.suspiciousIpThrottling.get"),
        do("attackProtection.breachedPasswordDetection.get"),
        do("attackProtection.botDetection.get"),
        do("attackProtection.captcha.get"),
        do("attackProtection.phoneProviderProtection.get"),
        do("attackProtection.phoneProviderProtection.patch", {"type": "exponential"}),
        do("guardian.factors.list"),
        do("guardian.factors.set", "otp", {"enabled": True}),
        do("guardian.policies.set", ["all-applications"]),
        do("guardian.policies.set", []),
    )

    assert brute["enabled"] is True
    assert 5 == changed["max_attempts"]
    assert ("default", "exponential") == (phone["type"], backed_off["type"])
    assert 8 == len(factors)
    assert factor["enabled"] is True
    assert (["all-applications"], []) == (policies, none)


def test_rules_and_their_configs(sdk: Sdk) -> None:
    """A rule is made, read, changed, listed and deleted; a value goes in, its key comes out."""
    rule, read, changed, listed, _, _, keys, _ = sdk.values(
        do("rules.create", {"name": a_name("rule"), "script": SCRIPT}, name="r"),
        do("rules.get", "$r.id"),
        do("rules.update", "$r.id", {"enabled": False}),
        every("rules.list", {"per_page": 1}),
        do("rules.delete", "$r.id"),
        do("rulesConfigs.set", "KEY", {"value": "s3cr3t"}),
        do("rulesConfigs.list"),
        do("rulesConfigs.delete", "KEY"),
    )

    assert SCRIPT == read["script"]
    assert changed["enabled"] is False
    assert rule["id"] in ids(listed)
    assert "KEY" in ids(keys, "key")


def test_actions(sdk: Sdk) -> None:
    """An Action is made, read, changed, deployed, listed and deleted."""
    code = "exports.onExecutePostLogin = async () => {};"
    asked = {
        "name": a_name("action"),
        "supported_triggers": [{"id": "post-login", "version": "v3"}],
        "code": code,
    }
    made, read, changed, _, listed, _ = sdk.values(
        do("actions.create", asked, name="a"),
        do("actions.get", "$a.id"),
        do("actions.update", "$a.id", {"code": f"{code} // x"}),
        do("actions.deploy", "$a.id"),
        every("actions.list", {"per_page": 1}),
        do("actions.delete", "$a.id"),
    )

    assert made["name"] == read["name"]
    assert f"{code} // x" == changed["code"]
    assert made["id"] in ids(listed)


def test_log_streams(sdk: Sdk) -> None:
    """A stream of the log is made, read, changed, listed and deleted."""
    asked = {
        "name": a_name("stream"),
        "type": "http",
        "sink": {
            "httpEndpoint": "https://127.0.0.1:9/logs",
            "httpContentType": "application/json",
            "httpContentFormat": "JSONLINES",
        },
    }
    made, read, changed, listed, _ = sdk.values(
        do("logStreams.create", asked, name="s"),
        do("logStreams.get", "$s.id"),
        do("logStreams.update", "$s.id", {"status": "paused"}),
        do("logStreams.list"),
        do("logStreams.delete", "$s.id"),
    )

    assert made["id"] == read["id"]
    assert "paused" == changed["status"]
    assert made["id"] in ids(listed)
