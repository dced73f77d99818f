"""npm `auth0` 4's ManagementClient, unmodified, does here what it does against Auth0.

Version 6 of the package carries it along as `auth0-legacy`; many servers still run it. Its lists
are single pages: plain, with totals, or by checkpoint.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.compat.management_steps import Sdk, a_name, do
from tests.compat.shop import AUDIENCE, CLIENT_ID, CONFIG
from tests.support import served

PASSWORD: Final = "Correct horse 7 battery"
READ: Final = {"permission_name": "read:orders", "resource_server_identifier": AUDIENCE}
SCRIPT: Final = "function (user, context, callback) { callback(null, user, context); }"
OVER: Final = ("completed", "failed")
TOTALS: Final = {"include_totals": True, "per_page": 1}


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The SDK, pointed at a served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield Sdk(instance, "auth0-legacy")


def a_person() -> dict[str, Any]:
    """Return a user to be made."""
    return {"connection": "Customers", "email": f"{a_name('p')}@example.com", "password": PASSWORD}


def test_clients(sdk: Sdk) -> None:
    """A client is made, read, changed, given a new secret, listed in both forms and deleted."""
    made, read, changed, rotated, plain, totals, _ = sdk.values(
        do("clients.create", {"name": a_name("c"), "app_type": "non_interactive"}, name="c"),
        do("clients.get", {"client_id": "$c.client_id"}),
        do("clients.update", {"client_id": "$c.client_id"}, {"description": "x"}),
        do("clients.rotateClientSecret", {"client_id": "$c.client_id"}),
        do("clients.getAll", {"per_page": 100}),
        do("clients.getAll", TOTALS),
        do("clients.delete", {"client_id": "$c.client_id"}),
    )

    assert made["client_secret"] == read["client_secret"] != rotated["client_secret"]
    assert "x" == changed["description"]
    assert made["client_id"] in {one["client_id"] for one in plain}
    assert totals["total"] >= len(plain)
    assert (0, 1, 1) == (totals["start"], totals["limit"], len(totals["clients"]))


def test_their_error_has_status_and_code(sdk: Sdk) -> None:
    """What is not there raises the SDK's own error with Auth0's code."""
    (result,) = sdk.results(do("clients.get", {"client_id": "nobody"}))

    assert ("ManagementApiError", 404, "inexistent_client") == (
        result["error"]["class"],
        result["error"]["status"],
        result["error"]["code"],
    )


def test_client_grants_and_apis(sdk: Sdk) -> None:
    """An API and a grant for it are made, changed, listed and deleted."""
    api = {"identifier": f"https://{a_name('api')}.example/v1", "name": "Api"}
    client = {"name": a_name("m"), "app_type": "non_interactive"}
    asked = {"client_id": "$c.client_id", "audience": AUDIENCE, "scope": ["read:orders"]}
    made, _, grant, changed, listed, _, longer, apis, *_ = sdk.values(
        do("resourceServers.create", api, name="a"),
        do("clients.create", client, name="c"),
        do("clientGrants.create", asked, name="g"),
        do("clientGrants.update", {"id": "$g.id"}, {"scope": []}),
        do("clientGrants.getAll", {"client_id": "$c.client_id", "take": 5}),
        do("clientGrants.delete", {"id": "$g.id"}),
        do("resourceServers.update", {"id": "$a.id"}, {"token_lifetime": 60}),
        do("resourceServers.getAll", {"include_totals": True}),
        do("resourceServers.get", {"id": api["identifier"]}),
        do("resourceServers.delete", {"id": "$a.id"}),
        do("clients.delete", {"client_id": "$c.client_id"}),
    )

    assert [grant["id"]] == [one["id"] for one in listed["client_grants"]]
    assert ([], 60) == (changed["scope"], longer["token_lifetime"])
    assert made["id"] in {one["id"] for one in apis["resource_servers"]}


def test_connections(sdk: Sdk) -> None:
    """A database is made, read, changed, opened to a client, listed by checkpoint, deleted."""
    made, read, _, clients, first, more, changed, _ = sdk.values(
        do("connections.create", {"name": a_name("Db"), "strategy": "auth0"}, name="d"),
        do("connections.get", {"id": "$d.id"}),
        do(
            "connections.updateEnabledClients",
            {"id": "$d.id"},
            [{"client_id": CLIENT_ID, "status": True}],
        ),
        do("connections.getEnabledClients", {"id": "$d.id"}),
        do("connections.getAll", {"take": 1, "strategy": ["auth0"]}, name="page"),
        do("connections.getAll", {"take": 1, "strategy": ["auth0"], "from": "$page.next"}),
        do("connections.update", {"id": "$d.id"}, {"options": {"passwordPolicy": "low"}}),
        do("connections.delete", {"id": "$d.id"}),
    )

    assert made["name"] == read["name"]
    assert "low" == changed["options"]["passwordPolicy"]
    assert [CLIENT_ID] == [one["client_id"] for one in clients["clients"]]
    assert first["connections"][0]["id"] != more["connections"][0]["id"]


def test_users(sdk: Sdk) -> None:
    """A user is made, read, changed, found and deleted; roles, permissions and logs are read."""
    person = a_person() | {"user_metadata": {"plan": "gold"}}
    user = {"id": "$u.user_id"}
    made, role, changed, by_email, found, totals, *_, roles, held, logs, _, _, _ = sdk.values(
        do("users.create", person, name="u"),
        do("roles.create", {"name": a_name("role")}, name="r"),
        do("users.update", user, {"given_name": "Ann", "app_metadata": {"n": 1}}),
        do("usersByEmail.getByEmail", {"email": person["email"]}),
        do("users.getAll", {"q": f'email:"{person["email"]}"', "search_engine": "v3"}),
        do("users.getAll", TOTALS),
        do("users.assignRoles", user, {"roles": ["$r.id"]}),
        do("users.assignPermissions", user, {"permissions": [READ]}),
        do("users.getRoles", user),
        do("users.getPermissions", user),
        do("users.getLogs", user),
        do("users.deletePermissions", user, {"permissions": [READ]}),
        do("users.deleteRoles", user, {"roles": ["$r.id"]}),
        do("users.delete", user),
    )

    assert ("Ann", {"n": 1}) == (changed["given_name"], changed["app_metadata"])
    assert [made["user_id"]] == [one["user_id"] for one in by_email]
    assert [made["user_id"]] == [one["user_id"] for one in found]
    assert {"start", "limit", "total", "length", "users"} == set(totals)
    assert ([role["id"]], ["read:orders"]) == (
        [one["id"] for one in roles],
        [one["permission_name"] for one in held],
    )
    assert isinstance(logs, list)


def test_identities_and_factors(sdk: Sdk) -> None:
    """A second account is linked and unlinked; factors, tokens and blocks are read."""
    user = {"id": "$u.user_id"}
    local = {"user_id": "$o.identities.0.user_id", "provider": "auth0"}
    *_, linked, enrolled, tokens, blocks, _, left, _ = sdk.values(
        do("users.create", a_person(), name="u"),
        do("users.create", a_person(), name="o"),
        do("users.link", user, local),
        do("users.getEnrollments", user),
        do("users.getRefreshTokens", {"user_id": "$u.user_id"}),
        do("userBlocks.get", user),
        do("userBlocks.delete", user),
        do("users.unlink", user | {"provider": "auth0", "user_id": "$o.identities.0.user_id"}),
        do("users.delete", user),
    )

    assert (2, 1) == (len(linked), len(left))
    assert ([], [], []) == (enrolled, tokens["tokens"], blocks["blocked_for"])


def test_roles(sdk: Sdk) -> None:
    """A role is made, given permissions and people, listed and deleted."""
    role = {"id": "$r.id"}
    made, user, _, _, people, held, changed, listed, _, _ = sdk.values(
        do("roles.create", {"name": a_name("role")}, name="r"),
        do("users.create", a_person(), name="u"),
        do("roles.addPermissions", role, {"permissions": [READ]}),
        do("roles.assignUsers", role, {"users": ["$u.user_id"]}),
        do("roles.getUsers", role | {"take": 5}),
        do("roles.getPermissions", role),
        do("roles.update", role, {"description": "y"}),
        do("roles.getAll", {"name_filter": "role", "include_totals": True}),
        do("roles.delete", role),
        do("users.delete", {"id": "$u.user_id"}),
    )

    assert [user["user_id"]] == [one["user_id"] for one in people["users"]]
    assert ["read:orders"] == [one["permission_name"] for one in held]
    assert "y" == changed["description"]
    assert made["id"] in {one["id"] for one in listed["roles"]}


def test_tenant_logs_and_stats(sdk: Sdk) -> None:
    """Settings are read and changed; the log is read by page and by checkpoint."""
    before, changed, _, newest, active, daily = sdk.values(
        do("tenants.getSettings"),
        do("tenants.updateSettings", {"friendly_name": "Shop"}),
        do("rulesConfigs.set", {"key": "LOGGED"}, {"value": "x"}),
        do("logs.getAll", {"per_page": 5, "sort": "date:-1", "q": 'type:"sapi"'}, name="l"),
        do("stats.getActiveUsersCount"),
        do("stats.getDaily", {"from": "20260101", "to": "20991231"}),
    )
    one, behind = sdk.values(
        do("logs.get", {"id": newest[0]["log_id"]}),
        do("logs.getAll", {"from": newest[-1]["log_id"], "take": 100}),
    )

    assert ("Customers", "Shop") == (before["default_directory"], changed["friendly_name"])
    assert newest[0]["log_id"] == one["log_id"]
    assert {"sapi"} == {event["type"] for event in newest}
    assert newest[0]["log_id"] in {event["log_id"] for event in behind}
    assert active.isdigit()  # the SDK answers the text
    assert isinstance(daily, list)


def test_keys_devices_and_grants(sdk: Sdk) -> None:
    """Signing keys are listed, rotated and revoked; devices and grants are listed."""
    keys, rotated, devices, grants = sdk.values(
        do("keys.getAll"),
        do("keys.rotate"),
        do("deviceCredentials.getAll", {}),
        do("grants.getAll", {"include_totals": True}),
    )
    current = next(key["kid"] for key in keys if key.get("current"))
    (revoked,) = sdk.values(do("keys.revoke", {"kid": current}))

    assert rotated["kid"]
    assert current == revoked["kid"]
    assert isinstance(devices, list)
    assert 0 == grants["total"]


def test_jobs_and_tickets(sdk: Sdk) -> None:
    """Users come in as a file and go out again; letters and tickets are made."""
    email = f"{a_name('i')}@example.com"
    people = json.dumps([{"email": email}, {"email": "no address"}])
    ((customers,),) = sdk.values(do("connections.getAll", {"name": "Customers"}))
    asked = {"users": {"$file": people}, "connection_id": customers["id"], "upsert": False}
    _, job, errors, _, export, _, letter, change, _ = sdk.values(
        do("jobs.importUsers", asked, name="j"),
        do("jobs.get", {"id": "$j.id"}, until=OVER),
        do("jobs.getErrors", {"id": "$j.id"}),
        do("jobs.exportUsers", {"connection_id": customers["id"], "format": "json"}, name="e"),
        do("jobs.get", {"id": "$e.id"}, until=OVER),
        do("users.create", a_person(), name="u"),
        do("jobs.verifyEmail", {"user_id": "$u.user_id"}),
        do("tickets.changePassword", {"user_id": "$u.user_id"}),
        do("users.delete", {"id": "$u.user_id"}),
    )

    assert ("completed", "completed") == (job["status"], export["status"])
    assert 1 == len(errors)
    assert "verification_email" == letter["type"]
    assert change["ticket"].startswith(f"https://{sdk.served.domain}/")


def test_protection_and_guardian(sdk: Sdk) -> None:
    """Each of the settings is read and changed."""
    brute, changed, _, _, factors, _, policies, _ = sdk.values(
        do("attackProtection.getBruteForceConfig"),
        do("attackProtection.updateBruteForceConfig", {"max_attempts": 5}),
        do("attackProtection.getSuspiciousIpThrottlingConfig"),
        do("attackProtection.getBreachedPasswordDetectionConfig"),
        do("guardian.getFactors"),
        do("guardian.updateFactor", {"name": "otp"}, {"enabled": True}),
        do("guardian.updatePolicies", ["all-applications"]),
        do("guardian.updatePolicies", []),
    )

    assert brute["enabled"] is True
    assert 5 == changed["max_attempts"]
    assert 8 == len(factors)
    assert ["all-applications"] == policies


def test_rules_actions_and_streams(sdk: Sdk) -> None:
    """A rule, an Action and a stream of the log are made, changed, listed and deleted."""
    action = {
        "name": a_name("action"),
        "supported_triggers": [{"id": "post-login", "version": "v3"}],
        "code": "exports.onExecutePostLogin = async () => {};",
    }
    sink = {
        "httpEndpoint": "https://127.0.0.1:9/logs",
        "httpContentType": "application/json",
        "httpContentFormat": "JSONLINES",
    }
    rule, off, rules, _, made, _, actions, _, stream, streams, _ = sdk.values(
        do("rules.create", {"name": a_name("rule"), "script": SCRIPT}, name="r"),
        do("rules.update", {"id": "$r.id"}, {"enabled": False}),
        do("rules.getAll", {"include_totals": True}),
        do("rules.delete", {"id": "$r.id"}),
        do("actions.create", action, name="a"),
        do("actions.deploy", {"id": "$a.id"}),
        do("actions.getAll", {}),
        do("actions.delete", {"id": "$a.id"}),
        do("logStreams.create", {"name": a_name("s"), "type": "http", "sink": sink}, name="s"),
        do("logStreams.getAll"),
        do("logStreams.delete", {"id": "$s.id"}),
    )

    assert off["enabled"] is False
    assert rule["id"] in {one["id"] for one in rules["rules"]}
    assert made["id"] in {one["id"] for one in actions["actions"]}
    assert stream["id"] in {one["id"] for one in streams}
