"""auth0-python's management client, unmodified, does against Gateword what it does against Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import auth0
import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, CONFIG
from tests.support import ran_against, served
from tests.support.served import Served

T = TypeVar("T")

# Texts of the package's own modules, loaded when they are first used.
pytestmark = pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")

PASSWORD: Final = "Correct horse 7 battery"
MOST: Final = 200
"""A pager that has brought so many items does not end."""

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
    """The SDK with the client that `gateword init` made, trusting the development CA."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in house.env.items():
        monkeypatch.setenv(name, value)
    ran_against.note("auth0-python", auth0.__version__)
    with httpx.Client(timeout=30) as http:
        yield ManagementClient(
            domain=house.domain,
            client_id=house.management.client_id,
            client_secret=house.management.client_secret,
            httpx_client=http,
        )


def everything(pager: Iterable[T]) -> list[T]:
    """Return all items of a pager, which must end."""
    items = list(islice(pager, MOST))
    assert len(items) < MOST
    return items


def gone(call: Any, *arguments: Any, status: int = 404) -> None:
    """Check that the SDK raises its own error with this status."""
    with pytest.raises(ApiError) as raised:
        call(*arguments)
    assert status == raised.value.status_code


def a_name(kind: str) -> str:
    """Return a name that nothing else has."""
    return f"{kind}-{secrets.token_hex(4)}"


def a_pem() -> str:
    """Return a public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


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


def test_clients(api: Any) -> None:
    """A client is made, read, changed, given a new secret, listed, searched and deleted."""
    made = api.clients.create(
        name=a_name("client"), app_type="non_interactive", callbacks=["https://app.example/cb"]
    )
    assert 64 == len(made.client_secret)

    read = api.clients.get(made.client_id)
    assert (made.name, "non_interactive") == (read.name, read.app_type)
    assert made.client_secret == read.client_secret
    assert "x" == api.clients.update(made.client_id, description="x").description
    rotated = api.clients.rotate_secret(made.client_id)
    assert made.client_secret != rotated.client_secret
    assert made.client_id in {one.client_id for one in everything(api.clients.list(per_page=1))}
    only = api.clients.list(fields="name", include_fields=True, is_global=False)
    assert made.name in {one.name for one in everything(only)}

    api.clients.delete(made.client_id)
    gone(api.clients.get, made.client_id)


def test_client_credentials(api: Any) -> None:
    """A client's public keys are added, listed, read, given an end, and deleted."""
    made = api.clients.create(name=a_name("signed"), app_type="non_interactive")
    keys = api.clients.credentials
    added = keys.create(
        made.client_id, credential_type="public_key", name="one", pem=a_pem(), alg="RS256"
    )
    assert [added.id] == [one.id for one in keys.list(made.client_id)]
    assert "one" == keys.get(made.client_id, added.id).name
    assert added.kid == keys.get(made.client_id, added.id).kid
    keys.update(made.client_id, added.id, expires_at="2030-01-01T00:00:00.000Z")

    keys.delete(made.client_id, added.id)
    assert [] == list(keys.list(made.client_id))
    api.clients.delete(made.client_id)


def test_client_grants(api: Any) -> None:
    """A client grant is made, listed by checkpoint, narrowed and deleted; twice is a conflict."""
    client = api.clients.create(name=a_name("machine"), app_type="non_interactive")
    asked = {"client_id": client.client_id, "audience": AUDIENCE, "scope": ["read:orders"]}
    grant = api.client_grants.create(**asked)
    assert ["read:orders"] == grant.scope
    assert [grant.id] == [
        one.id for one in everything(api.client_grants.list(client_id=client.client_id, take=1))
    ]
    assert {grant.id} <= {one.id for one in everything(api.client_grants.list(take=1))}
    assert [] == api.client_grants.update(grant.id, scope=[]).scope

    api.client_grants.delete(grant.id)
    api.clients.delete(client.client_id)


def test_resource_servers(api: Any) -> None:
    """An API is made, read by id and by identifier, changed, listed and deleted."""
    identifier = f"https://{a_name('api')}.example/v1"
    made = api.resource_servers.create(
        identifier=identifier, name="Api", scopes=[{"value": "read:x", "description": "x"}]
    )
    assert made.id == api.resource_servers.get(identifier).id
    assert identifier == api.resource_servers.get(made.id).identifier
    assert 60 == api.resource_servers.update(made.id, token_lifetime=60).token_lifetime
    listed = everything(api.resource_servers.list(per_page=1))
    assert {identifier, AUDIENCE} <= {one.identifier for one in listed}

    api.resource_servers.delete(made.id)
    gone(api.resource_servers.get, made.id)


def test_connections(api: Any) -> None:
    """A database is made, read, changed, opened to a client, listed and deleted."""
    made = api.connections.create(name=a_name("Db"), strategy="auth0", options={"mfa": {}})
    assert "auth0" == api.connections.get(made.id).strategy
    changed = api.connections.update(made.id, options={"passwordPolicy": "low"})
    assert "low" == changed.options["passwordPolicy"]
    api.connections.clients.update(made.id, request=[{"client_id": CLIENT_ID, "status": True}])
    clients = everything(api.connections.clients.get(made.id, take=1))
    assert [CLIENT_ID] == [one.client_id for one in clients]
    listed = everything(api.connections.list(strategy=["auth0"], take=1))
    assert {made.name, "Customers", "Employees"} <= {one.name for one in listed}
    assert [made.id] == [one.id for one in everything(api.connections.list(name=made.name))]

    api.connections.delete(made.id)
    gone(api.connections.get, made.id)


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


def test_tenant_settings(api: Any) -> None:
    """The tenant's settings are read and changed; flags merge."""
    before = api.tenants.settings.get()
    assert "Customers" == before.default_directory
    changed = api.tenants.settings.update(
        friendly_name="Shop", flags={"revoke_refresh_token_grant": True}
    )
    assert "Shop" == changed.friendly_name
    assert "Shop" == api.tenants.settings.get(fields="friendly_name").friendly_name


def test_logs(api: Any) -> None:
    """The log is read by page, searched, read by checkpoint to its end, and one by one."""
    api.roles.delete(api.roles.create(name=a_name("role")).id)
    newest = list(islice(api.logs.list(per_page=5, sort="date:-1"), 5))
    assert 5 == len(newest)
    assert newest[0].log_id == api.logs.get(newest[0].log_id).log_id
    # auth0-python 6.8 names the parameter `search`, which Auth0 reads as `q` is read.
    assert everything(islice(api.logs.list(per_page=100, include_totals=True), 100))


def test_stats(api: Any) -> None:
    """Logins by day and active users are counted."""
    assert api.stats.get_active_users_count() >= 0
    days = api.stats.get_daily(from_="20260101", to="20991231")
    assert isinstance(days, list)


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


def test_signing_keys(api: Any) -> None:
    """Signing keys are listed, read, rotated; the one before is revoked."""
    before = api.keys.signing.list()
    assert {"current", "next"} <= {
        word for one in before for word in ("current", "next") if getattr(one, word)
    }
    assert before[0].kid == api.keys.signing.get(before[0].kid).kid
    current = next(one.kid for one in before if one.current)
    rotated = api.keys.signing.rotate()
    assert rotated.kid
    assert api.keys.signing.revoke(current).kid == current


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


def test_attack_protection(api: Any) -> None:
    """Each of the settings is read and changed."""
    protection = api.attack_protection
    assert protection.brute_force_protection.get().enabled is True
    assert 5 == protection.brute_force_protection.update(max_attempts=5).max_attempts
    assert protection.suspicious_ip_throttling.update(allowlist=["203.0.113.9"]).enabled is True
    assert protection.breached_password_detection.update(enabled=False).enabled is False
    protection.suspicious_ip_throttling.get()
    protection.breached_password_detection.get()
    protection.bot_detection.get()
    protection.captcha.get()


def test_guardian(api: Any) -> None:
    """Factors are listed and switched; policies are set."""
    assert 8 == len(api.guardian.factors.list())
    assert api.guardian.factors.set("otp", enabled=True).enabled is True
    assert ["all-applications"] == list(api.guardian.policies.set(request=["all-applications"]))
    assert [] == list(api.guardian.policies.set(request=[]))
    assert [] == list(api.guardian.policies.list())


def test_rules(api: Any) -> None:
    """A rule is made, read, changed, listed and deleted."""
    script = "function (user, context, callback) { callback(null, user, context); }"
    made = api.rules.create(name=a_name("rule"), script=script, enabled=False)
    assert script == api.rules.get(made.id).script
    assert api.rules.update(made.id, enabled=True).enabled is True
    assert made.id in {one.id for one in everything(api.rules.list(per_page=1))}
    assert made.id in {one.id for one in everything(api.rules.list(enabled=True))}

    api.rules.delete(made.id)
    gone(api.rules.get, made.id)


def test_rules_configs(api: Any) -> None:
    """A value goes in and only its key comes out."""
    assert "KEY" == api.rules_configs.set("KEY", value="s3cr3t").key
    assert ["KEY"] == [one.key for one in api.rules_configs.list()]
    api.rules_configs.delete("KEY")
    assert [] == list(api.rules_configs.list())


def test_actions(api: Any) -> None:
    """An Action is made, read, changed, deployed, bound, listed and deleted."""
    trigger = {"id": "post-login", "version": "v3"}
    made = api.actions.create(
        name=a_name("action"),
        supported_triggers=[trigger],
        code="exports.onExecutePostLogin = async () => {};",
        runtime="node22",
    )
    assert made.name == api.actions.get(made.id).name
    assert "// x" == api.actions.update(made.id, code="// x").code
    api.actions.deploy(made.id)
    assert made.id in {one.id for one in everything(api.actions.list(per_page=1))}
    api.actions.triggers.list()
    versions = everything(api.actions.versions.list(made.id))
    assert len(versions) == 1
    api.actions.triggers.bindings.update_many(
        "post-login",
        bindings=[{"ref": {"type": "action_id", "value": made.id}, "display_name": "x"}],
    )
    bound = everything(api.actions.triggers.bindings.list("post-login"))
    assert [made.id] == [one.action.id for one in bound]
    api.actions.triggers.bindings.update_many("post-login", bindings=[])

    api.actions.delete(made.id)
    gone(api.actions.get, made.id)


def test_log_streams(api: Any) -> None:
    """A stream of the log is made, read, changed, listed and deleted."""
    made = api.log_streams.create(
        request={
            "name": a_name("stream"),
            "type": "http",
            "sink": {
                "httpEndpoint": "https://127.0.0.1:9/logs",
                "httpContentType": "application/json",
                "httpContentFormat": "JSONLINES",
            },
        }
    )
    assert made.id == api.log_streams.get(made.id).id
    assert "paused" == api.log_streams.update(made.id, status="paused").status
    assert made.id in {one.id for one in api.log_streams.list()}

    api.log_streams.delete(made.id)
    gone(api.log_streams.get, made.id)
