"""What nobody may set stays out of bodies, and what nobody may read out of answers."""

from dataclasses import fields

import pytest

from gateword.domain.client import Client, ClientKey
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.management import (
    client_credentials,
    client_grants,
    clients,
    resource_servers,
    signing_keys,
    tenants,
)
from gateword.management.resource import Resource
from gateword.management.validation import fault
from tests.support.factories import a_client, an_api
from tests.support.house import House
from tests.support.management import CALLER, management_token

NEVER_SET = {
    clients.RESOURCE: (Client, ("global", "tenant", "signing_keys", "callback_url_template")),
    client_credentials.RESOURCE: (ClientKey, ("created_at", "updated_at")),
    resource_servers.RESOURCE: (ResourceServer, ("is_system",)),
    client_grants.RESOURCE: (ClientGrant, ("is_system",)),
    tenants.RESOURCE: (Tenant, ("sandbox_versions_available",)),
}
"""Resource to the noun it writes, and members that only answers hold."""

SET_BY_NAME = {
    "name", "grant_types", "is_first_party", "refresh_token", "default_audience", "kid", "alg",
    "pem", "expires_at", "identifier", "scopes", "signing_alg", "signing_secret",
    "allow_offline_access", "enforce_policies", "token_dialect", "client_id", "audience", "scope",
    "subject_type", "default_directory", "flags",
}  # fmt: skip
"""Fields of a noun that a body may hold under their own name."""

SECRET_MEMBERS = {
    "/clients": ("client_secret", "signing_keys", "client_authentication_methods"),
    "/clients/shop-client-id": ("client_secret", "signing_keys"),
    "/resource-servers": ("signing_secret",),
    "/resource-servers/urn:api": ("signing_secret",),
}


def unsettable() -> list[tuple[str, str, str]]:
    """Return method, path and member of everything that a body could try to set."""
    found = []
    for resource, (noun, read_only) in NEVER_SET.items():
        names = {field.name for field in fields(noun)} - SET_BY_NAME | set(read_only)
        found += [
            (verb.method, verb.path, name)
            for verb in resource.verbs
            if verb.body is not None
            for name in sorted(names)
            if (verb.path, name) != ("/clients/{client_id}/credentials", "name")
        ]
    return found


def schema_of(method: str, path: str) -> dict[str, object]:
    """Return the schema of a verb's body."""
    for resource in NEVER_SET:
        for verb in resource.verbs:
            if (verb.method, verb.path) == (method, path):
                return dict(verb.body or {})
    raise LookupError(path)


@pytest.mark.parametrize(("method", "path", "name"), unsettable())
def test_member_that_is_not_declared_is_refused(method: str, path: str, name: str) -> None:
    """Promise M2: fields of the domain, and members of answers, are set by nobody."""
    wrong = fault(schema_of(method, path), {name: None})

    assert f"Additional properties not allowed: {name}" == wrong


@pytest.mark.parametrize("path", SECRET_MEMBERS)
async def test_fields_add_no_secret(house: House, path: str) -> None:
    """Promise M3: who may not read a secret does not get it by asking for it."""
    stores, now = house.parts.stores, house.clock.now()
    await stores.signing_keys.add(house.parts.key_maker.new("current"))
    for name in ("shop", CALLER):
        await stores.clients.put(a_client(name), now)
    api = an_api("urn:api", signing_alg="HS256", signing_secret=Secret("a secret of the API"))
    await stores.resource_servers.put(api, now)
    token = await management_token(house, "read:clients", "read:resource_servers")

    answer = await house.http.get(
        f"/api/v2{path}",
        params={"fields": ",".join(SECRET_MEMBERS[path])},
        headers={"authorization": f"Bearer {token}"},
    )

    shown = answer.json()
    assert 200 == answer.status_code
    assert all({} == one for one in (shown if isinstance(shown, list) else [shown]))


@pytest.mark.parametrize(
    "resource", [*NEVER_SET, signing_keys.RESOURCE], ids=lambda resource: resource.name
)
def test_verb_that_writes_has_a_scope_of_its_kind(resource: Resource) -> None:
    """Who may only read changes nothing."""
    reading = [
        f"{verb.method} {verb.path}"
        for verb in resource.verbs
        if verb.method != "GET" and any(scope.startswith("read:") for scope in verb.scopes)
    ]

    assert [] == reading
