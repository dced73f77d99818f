"""npm `auth0` 7's ManagementClient, unmodified, does here what it does against Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.compat.management_steps import Sdk, a_name, do, every
from tests.compat.shop import AUDIENCE, CLIENT_ID, CONFIG
from tests.support import served

PASSWORD: Final = "Correct horse 7 battery"
READ: Final = {"permission_name": "read:orders", "resource_server_identifier": AUDIENCE}
SCRIPT: Final = "function (user, context, callback) { callback(null, user, context); }"
OVER: Final = ("completed", "failed")


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The SDK, pointed at a served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield Sdk(instance, "auth0-management")


def a_person() -> dict[str, Any]:
    """Return a user to be made."""
    return {"connection": "Customers", "email": f"{a_name('p')}@example.com", "password": PASSWORD}


def ids(items: list[dict[str, Any]], member: str = "id") -> set[str]:
    """Return a member of each item."""
    return {item[member] for item in items}


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


def test_users(sdk: Sdk) -> None:
    """A user is made, read, changed, found by search and by address, listed and deleted."""
    person = a_person() | {"user_metadata": {"plan": "gold", "colour": "red"}}
    query = {"q": f'email:"{person["email"]}"', "search_engine": "v3"}
    made, read, changed, by_email, found, listed, _ = sdk.values(
        do("users.create", person, name="u"),
        do("users.get", "$u.user_id"),
        do("users.update", "$u.user_id", {"user_metadata": {"plan": "silver"}}),
        do("users.listUsersByEmail", {"email": person["email"]}),
        every("users.list", query),
        every("users.list", {"per_page": 1}),
        do("users.delete", "$u.user_id"),
    )

    assert made["user_id"] == read["user_id"]
    assert {"plan": "silver", "colour": "red"} == changed["user_metadata"]
    assert {made["user_id"]} == ids(by_email, "user_id") == ids(found, "user_id")
    assert made["user_id"] in ids(listed, "user_id")


def test_roles_and_permissions(sdk: Sdk) -> None:
    """A role is made, gets permissions and people, and is seen from the user's side."""
    user, role, _, _, held, people, roles, permissions, listed, changed, *_ = sdk.values(
        do("users.create", a_person(), name="u"),
        do("roles.create", {"name": a_name("role")}, name="r"),
        do("roles.permissions.add", "$r.id", {"permissions": [READ]}),
        do("users.roles.assign", "$u.user_id", {"roles": ["$r.id"]}),
        every("roles.permissions.list", "$r.id", {"per_page": 1}),
        every("roles.users.list", "$r.id", {"take": 1}),
        every("users.roles.list", "$u.user_id"),
        every("users.permissions.list", "$u.user_id"),
        every("roles.list", {"per_page": 1}),
        do("roles.update", "$r.id", {"description": "y"}),
        do("roles.get", "$r.id"),
        do("users.permissions.create", "$u.user_id", {"permissions": [READ]}),
        do("users.permissions.delete", "$u.user_id", {"permissions": [READ]}),
        do("roles.permissions.delete", "$r.id", {"permissions": [READ]}),
        do("users.roles.delete", "$u.user_id", {"roles": ["$r.id"]}),
        do("roles.delete", "$r.id"),
        do("users.delete", "$u.user_id"),
    )

    assert ["read:orders"] == [one["permission_name"] for one in held]
    assert ["read:orders"] == [one["permission_name"] for one in permissions]
    assert {user["user_id"]} == ids(people, "user_id")
    assert {role["id"]} == ids(roles) <= ids(listed)
    assert "y" == changed["description"]


def test_identities_logs_and_factors(sdk: Sdk) -> None:
    """A second account is linked and unlinked; what a user has elsewhere is read."""
    local = {"user_id": "$o.identities.0.user_id", "provider": "auth0"}
    *_, linked, logs, enrolled, tokens, _, left, _ = sdk.values(
        do("users.create", a_person(), name="u"),
        do("users.create", a_person(), name="o"),
        do("users.identities.link", "$u.user_id", local),
        every("users.logs.list", "$u.user_id"),
        do("users.enrollments.get", "$u.user_id"),
        every("users.refreshToken.list", "$u.user_id"),
        do("users.multifactor.invalidateRememberBrowser", "$u.user_id"),
        do("users.identities.delete", "$u.user_id", "auth0", "$o.identities.0.user_id"),
        do("users.delete", "$u.user_id"),
    )

    assert 2 == len(linked)
    assert 1 == len(left)
    assert ([], []) == (enrolled, tokens)
    assert isinstance(logs, list)


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


def test_tokens_devices_and_grants(sdk: Sdk) -> None:
    """What a user who never logged in left behind is nothing, and can be taken away."""
    *_, tokens, devices, grants, _, _ = sdk.values(
        do("users.create", a_person(), name="u"),
        every("users.refreshToken.list", "$u.user_id", {"take": 1}),
        every("deviceCredentials.list", {"user_id": "$u.user_id", "type": "refresh_token"}),
        every("userGrants.list", {"user_id": "$u.user_id"}),
        do("users.refreshToken.delete", "$u.user_id"),
        do("users.delete", "$u.user_id"),
    )

    assert ([], [], []) == (tokens, devices, grants)


def test_signing_keys(sdk: Sdk) -> None:
    """Signing keys are listed, rotated; the one before is revoked."""
    keys, rotated = sdk.values(do("keys.signing.list"), do("keys.signing.rotate"))
    current = next(key["kid"] for key in keys if key.get("current"))
    read, revoked = sdk.values(do("keys.signing.get", current), do("keys.signing.revoke", current))

    assert rotated["kid"]
    assert current == read["kid"] == revoked["kid"]


def test_import_and_export(sdk: Sdk) -> None:
    """Users come in as a file with errors row by row, and go out again."""
    email = f"{a_name('i')}@example.com"
    people = json.dumps([{"email": email}, {"email": "no address"}])
    ((customers,),) = sdk.values(every("connections.list", {"name": "Customers"}))
    asked = {"users": {"$file": people}, "connection_id": customers["id"]}
    exported = {"connection_id": customers["id"], "format": "json", "fields": [{"name": "email"}]}
    _, job, errors, found, _, export = sdk.values(
        do("jobs.usersImports.create", asked, name="j"),
        do("jobs.get", "$j.id", until=OVER),
        do("jobs.errors.get", "$j.id"),
        do("users.listUsersByEmail", {"email": email}),
        do("jobs.usersExports.create", exported, name="e"),
        do("jobs.get", "$e.id", until=OVER),
    )

    assert ("completed", "completed") == (job["status"], export["status"])
    assert 1 == len(errors)
    assert [email] == [one["email"] for one in found]


def test_verification_mail_tickets_and_blocks(sdk: Sdk) -> None:
    """Mail is a job, tickets are links to this server, and nobody is blocked."""
    _, job, verify, change, blocks, *_ = sdk.values(
        do("users.create", a_person(), name="u"),
        do("jobs.verificationEmail.create", {"user_id": "$u.user_id"}),
        do("tickets.verifyEmail", {"user_id": "$u.user_id"}),
        do("tickets.changePassword", {"user_id": "$u.user_id"}),
        do("userBlocks.list", "$u.user_id"),
        do("userBlocks.delete", "$u.user_id"),
        do("userBlocks.listByIdentifier", {"identifier": "$u.email"}),
        do("userBlocks.deleteByIdentifier", {"identifier": "$u.email"}),
        do("anomaly.blocks.unblockIp", "203.0.113.9"),
        do("users.delete", "$u.user_id"),
    )

    assert "verification_email" == job["type"]
    assert verify["ticket"].split("/")[2] == change["ticket"].split("/")[2] == sdk.served.domain
    assert [] == blocks["blocked_for"]


def test_attack_protection_and_guardian(sdk: Sdk) -> None:
    """Each of the settings is read and changed."""
    brute, changed, _, _, _, _, factors, factor, policies, none = sdk.values(
        do("attackProtection.bruteForceProtection.get"),
        do("attackProtection.bruteForceProtection.update", {"max_attempts": 5}),
        do("attackProtection.suspiciousIpThrottling.get"),
        do("attackProtection.breachedPasswordDetection.get"),
        do("attackProtection.botDetection.get"),
        do("attackProtection.captcha.get"),
        do("guardian.factors.list"),
        do("guardian.factors.set", "otp", {"enabled": True}),
        do("guardian.policies.set", ["all-applications"]),
        do("guardian.policies.set", []),
    )

    assert brute["enabled"] is True
    assert 5 == changed["max_attempts"]
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
    asked = {
        "name": a_name("action"),
        "supported_triggers": [{"id": "post-login", "version": "v3"}],
        "code": "exports.onExecutePostLogin = async () => {};",
    }
    made, read, changed, _, listed, _ = sdk.values(
        do("actions.create", asked, name="a"),
        do("actions.get", "$a.id"),
        do("actions.update", "$a.id", {"code": "// x"}),
        do("actions.deploy", "$a.id"),
        every("actions.list", {"per_page": 1}),
        do("actions.delete", "$a.id"),
    )

    assert made["name"] == read["name"]
    assert "// x" == changed["code"]
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
