"""auth0-python's management client, unmodified, manages people here as it does at Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

import json
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from auth0.management import SetUserAuthenticationMethods
from auth0.management.core.api_error import ApiError

from tests.compat.management_python import QUIET, a_name, client, everything, gone
from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, CONFIG
from tests.support import served
from tests.support.served import Served

pytestmark = pytest.mark.filterwarnings(QUIET)

PASSWORD: Final = "Correct horse 7 battery"
JOB_S: Final = 20
READ: Final = {"permission_name": "read:orders", "resource_server_identifier": AUDIENCE}
WRITE: Final = {"permission_name": "write:orders", "resource_server_identifier": AUDIENCE}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield instance


@pytest.fixture
def api(house: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The SDK, pointed at it."""
    with client(house, monkeypatch) as made:
        yield made


@pytest.fixture
def customers(api: Any) -> str:
    """Id of the connection Customers."""
    return str(next(one.id for one in api.connections.list(name="Customers")))


@pytest.fixture
def person(api: Any) -> Iterator[str]:
    """Id of a user who is there for one test."""
    made = api.users.create(
        connection="Customers", email=f"{a_name('p')}@example.com", password=PASSWORD
    )
    yield made.user_id
    api.users.delete(made.user_id)


def test_users(api: Any) -> None:
    """A user is made, read, changed, found by search and by address, listed and deleted."""
    email = f"{a_name('u')}@example.com"
    made = api.users.create(
        connection="Customers",
        email=email,
        password=PASSWORD,
        user_metadata={"plan": "gold", "colour": "red"},
    )
    read = api.users.get(made.user_id)
    assert (email, False) == (read.email, read.email_verified)
    assert ["Customers"] == [one.connection for one in read.identities]
    changed = api.users.update(made.user_id, user_metadata={"plan": "silver"}, given_name="Ann")
    assert {"plan": "silver", "colour": "red"} == dict(changed.user_metadata)
    assert [made.user_id] == [one.user_id for one in api.users.list_users_by_email(email=email)]
    found = api.users.list(q=f'email:"{email}"', search_engine="v3", include_totals=True)
    assert [made.user_id] == [one.user_id for one in everything(found)]
    nested = api.users.list(q="user_metadata.plan:silver", search_engine="v3")
    assert made.user_id in {one.user_id for one in everything(nested)}
    assert 2 <= len(everything(api.users.list(per_page=1, sort="email:1")))

    api.users.delete(made.user_id)
    gone(api.users.get, made.user_id)


def test_duplicate_user_is_their_conflict(api: Any, person: str) -> None:
    """The same address twice raises the SDK's error for 409."""
    email = api.users.get(person).email
    with pytest.raises(ApiError) as raised:
        api.users.create(connection="Customers", email=email, password=PASSWORD)

    assert 409 == raised.value.status_code


def test_roles_and_permissions(api: Any, person: str) -> None:
    """A role is made, gets permissions and people, and is seen from the user's side."""
    role = api.roles.create(name=a_name("role"), description="x")
    assert "y" == api.roles.update(role.id, description="y").description
    assert role.name == api.roles.get(role.id).name
    api.roles.permissions.add(role.id, permissions=[READ, WRITE])
    held = everything(api.roles.permissions.list(role.id, per_page=1))
    assert {"read:orders", "write:orders"} == {one.permission_name for one in held}
    api.roles.permissions.delete(role.id, permissions=[WRITE])
    api.roles.users.assign(role.id, users=[person])
    assert [person] == [one.user_id for one in everything(api.roles.users.list(role.id, take=1))]
    assert [role.id] == [one.id for one in everything(api.users.roles.list(person))]
    assert {role.id} <= {one.id for one in everything(api.roles.list(per_page=1))}
    assert [role.id] == [one.id for one in everything(api.roles.list(name_filter=role.name))]
    assert ["read:orders"] == [
        one.permission_name for one in everything(api.users.permissions.list(person))
    ]
    api.users.permissions.create(person, permissions=[WRITE])
    held = everything(api.users.permissions.list(person, per_page=1))
    assert {"read:orders", "write:orders"} == {one.permission_name for one in held}
    api.users.permissions.delete(person, permissions=[WRITE])
    api.users.roles.delete(person, roles=[role.id])
    api.users.roles.assign(person, roles=[role.id])

    api.roles.delete(role.id)
    gone(api.roles.get, role.id)
    assert [] == everything(api.users.roles.list(person))


def test_identities(api: Any, person: str, customers: str) -> None:
    """A second account is linked to a user, and unlinked again."""
    other = api.users.create(
        connection="Customers", email=f"{a_name('o')}@example.com", password=PASSWORD
    )
    local = other.user_id.partition("|")[2]
    linked = api.users.identities.link(
        person, provider="auth0", user_id=other.user_id, connection_id=customers
    )
    assert 2 == len(linked)
    left = api.users.identities.delete(person, "auth0", local)
    assert 1 == len(left)
    api.users.delete(f"auth0|{local}")


def test_what_a_user_has_elsewhere(api: Any, person: str) -> None:
    """Logs, factors and sessions of a user are read and ended; there are none."""
    assert isinstance(everything(api.users.logs.list(person)), list)
    assert [] == list(api.users.enrollments.get(person))
    api.users.multifactor.invalidate_remember_browser(person)
    gone(api.users.multifactor.delete_provider, "auth0|nobody", "duo")
    assert [] == everything(api.users.refresh_token.list(person))
    api.users.refresh_token.delete(person)


def test_second_factors(api: Any, person: str) -> None:
    """Methods are made, listed, renamed, replaced and deleted; a link is made; a code is new."""
    methods, guardian = api.users.authentication_methods, api.guardian.enrollments
    made = methods.create(person, type="totp", name="App", totp_secret="JBSWY3DPEHPK3PXP")
    assert "App" == methods.get(person, made.id).name
    assert [made.id] == [one.id for one in methods.list(person)]
    assert "Other" == methods.update(person, made.id, name="Other").name
    [enrolled] = api.users.enrollments.get(person)
    assert ("confirmed", "authenticator") == (enrolled.status, enrolled.auth_method)
    assert "confirmed" == guardian.get(enrolled.id).status
    phone = SetUserAuthenticationMethods(type="phone", phone_number="+15550100")
    [replaced] = methods.set(person, request=[phone])
    assert "+15550100" == replaced.phone_number
    methods.delete(person, replaced.id)
    assert 24 == len(api.users.regenerate_recovery_code(person).recovery_code)
    methods.delete_all(person)
    api.users.authenticators.delete_all(person)
    api.users.multifactor.delete_provider(person, "google-authenticator")
    assert [] == everything(methods.list(person))
    ticket = guardian.create_ticket(user_id=person)
    assert ticket.ticket_url.endswith(f"/mfa/enrollment?ticket={ticket.ticket_id}")
    gone(guardian.delete, enrolled.id)


def test_tokens_devices_and_grants(api: Any, house: Served, person: str) -> None:
    """What a login left behind is listed and taken away."""
    email = api.users.get(person).email
    with house.client() as http:
        granted = http.post(
            "/oauth/token",
            data={
                "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
                "realm": "Customers",
                "username": email,
                "password": PASSWORD,
                "scope": "openid offline_access",
                "audience": AUDIENCE,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            },
        )
    assert granted.is_success
    tokens = everything(api.users.refresh_token.list(person, take=1))
    assert [CLIENT_ID] == [one.client_id for one in tokens]
    assert tokens[0].id == api.refresh_tokens.get(tokens[0].id).id
    listed = everything(api.refresh_tokens.list(user_id=person, client_id=CLIENT_ID, take=1))
    assert [tokens[0].id] == [one.id for one in listed]
    devices = everything(api.device_credentials.list(user_id=person, type="refresh_token"))
    assert isinstance(devices, list)
    grants = everything(api.user_grants.list(user_id=person, per_page=1))
    assert [AUDIENCE] == [one.audience for one in grants]
    api.refresh_tokens.delete(tokens[0].id)
    gone(api.refresh_tokens.get, tokens[0].id)
    api.users.refresh_token.delete(person)
    api.user_grants.delete_by_user_id(user_id=person)
    assert [] == everything(api.users.refresh_token.list(person))


def done(api: Any, job_id: str) -> Any:
    """Return a job when it is over."""
    deadline = time.monotonic() + JOB_S
    while (job := api.jobs.get(job_id)).status not in {"completed", "failed"}:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return job


def test_import_and_export(api: Any, customers: str) -> None:
    """Users come in as a file with errors row by row, and go out again."""
    email = f"{a_name('i')}@example.com"
    people = [{"email": email, "email_verified": True}, {"email": "no address"}]
    job = api.jobs.users_imports.create(
        users=("users.json", json.dumps(people).encode(), "application/json"),
        connection_id=customers,
        upsert=False,
    )
    over = done(api, job.id)
    assert "completed" == over.status
    errors = api.jobs.errors.get(job.id)
    assert 1 == len(errors)
    assert [email] == [one.email for one in api.users.list_users_by_email(email=email)]

    export = api.jobs.users_exports.create(
        connection_id=customers, format="csv", fields=[{"name": "email"}]
    )
    assert "completed" == done(api, export.id).status


def test_verification_mail_and_tickets(api: Any, person: str) -> None:
    """A verification mail is a job; tickets are links to this server."""
    job = api.jobs.verification_email.create(user_id=person)
    assert "verification_email" == job.type
    link = api.tickets.verify_email(user_id=person).ticket
    assert link.startswith("https://localhost:")
    change = api.tickets.change_password(user_id=person, result_url="https://app.example").ticket
    assert link.split("/")[2] == change.split("/")[2]


def test_blocks(api: Any, person: str) -> None:
    """Nobody is blocked; unblocking does no harm."""
    assert [] == list(api.user_blocks.list(person).blocked_for)
    email = api.users.get(person).email
    assert [] == list(api.user_blocks.list_by_identifier(identifier=email).blocked_for)
    api.user_blocks.delete(person)
    api.user_blocks.delete_by_identifier(identifier=email)
    gone(api.anomaly.blocks.check_ip, "203.0.113.9")
    api.anomaly.blocks.unblock_ip("203.0.113.9")
