"""auth0-python's management client, unmodified, manages here what it manages at Auth0.

Each test is one resource from its creation to its end; a list is read to its last page.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from tests.compat.management_python import QUIET, a_name, a_pem, client, everything, gone
from tests.compat.shop import AUDIENCE, CLIENT_ID, CONFIG
from tests.support import served
from tests.support.served import Served

pytestmark = pytest.mark.filterwarnings(QUIET)


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
    """The log is read by page, one by one, and searched."""
    for _ in range(3):
        api.roles.delete(api.roles.create(name=a_name("role")).id)
    newest = list(islice(api.logs.list(per_page=5, sort="date:-1"), 5))
    assert 5 == len(newest)
    assert newest[0].log_id == api.logs.get(newest[0].log_id).log_id
    found = islice(api.logs.list(per_page=2, search='type:"sapi"'), 6)
    assert 6 == len({one.log_id for one in found})


def test_stats(api: Any) -> None:
    """Logins by day and active users are counted."""
    assert api.stats.get_active_users_count() >= 0
    days = api.stats.get_daily(from_="20260101", to="20991231")
    assert isinstance(days, list)


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
    assert "default" == protection.phone_provider_protection.get().type
    assert "exponential" == protection.phone_provider_protection.patch(type="exponential").type


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
    code = "exports.onExecutePostLogin = async () => {};"
    made = api.actions.create(
        name=a_name("action"),
        supported_triggers=[trigger],
        code=code,
        runtime="node22",
    )
    assert made.name == api.actions.get(made.id).name
    assert f"{code} // x" == api.actions.update(made.id, code=f"{code} // x").code
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
