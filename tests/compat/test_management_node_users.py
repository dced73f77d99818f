"""npm `auth0` 7's ManagementClient, unmodified, manages people here as it does at Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.compat.management_steps import Sdk, a_name, do, every, ids
from tests.compat.shop import AUDIENCE, CONFIG
from tests.support import served

PASSWORD: Final = "Correct horse 7 battery"
READ: Final = {"permission_name": "read:orders", "resource_server_identifier": AUDIENCE}
OVER: Final = ("completed", "failed")


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The SDK, pointed at a served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield Sdk(instance, "auth0-management")


def a_person() -> dict[str, Any]:
    """Return a user to be made."""
    return {"connection": "Customers", "email": f"{a_name('p')}@example.com", "password": PASSWORD}


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
