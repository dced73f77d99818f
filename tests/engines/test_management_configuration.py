"""What the Management API changes: one at a time, whole or not at all, and gone with all of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.client import Client
from gateword.domain.resource_server import ClientGrant, ResourceServer, Role
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.ports.token_stores import SigningKey
from tests.engines.house import API, CLIENT, NOON, House, a_client, an_api

GRANT = ClientGrant(id="cgr_1", client_id=CLIENT, audience=API, scope=("read:orders",))


class _RefusedError(Exception):
    """What a change may raise."""


def _refuse(_: object) -> Client:
    raise _RefusedError


async def test_changes_of_a_client_take_turns(house: House) -> None:
    """Promise M6: of parallel changes none is lost."""
    clients = house.stores.clients
    await clients.put(a_client(), NOON)

    async def add(name: str) -> None:
        await clients.change(
            CLIENT, lambda client: replace(client, grant_types=(*client.grant_types, name)), NOON
        )

    await asyncio.gather(*(add(f"g{number}") for number in range(8)))

    stored = await clients.get(CLIENT)
    assert stored is not None
    assert {f"g{number}" for number in range(8)} <= {*stored.grant_types}


async def test_refused_change_leaves_a_client_as_it_was(house: House) -> None:
    """What is refused halfway has not happened; the secret is still the one there was."""
    clients = house.stores.clients
    await clients.put(a_client(), NOON)

    with pytest.raises(_RefusedError):
        await clients.change(CLIENT, _refuse, NOON)

    assert a_client() == await clients.get(CLIENT)
    assert None is await clients.change("nobody", _refuse, NOON)


async def test_removed_client_is_enabled_for_no_connection(house: House) -> None:
    """A client that comes back under its old id does not find its old doors open."""
    await house.stores.clients.put(a_client(), NOON)
    connection = await house.add_connection("Employees")
    admitting = replace(connection, enabled_clients=frozenset({CLIENT, "other"}))
    await house.stores.connections.put(admitting, NOON)

    await house.stores.clients.remove(CLIENT)

    stored = await house.stores.connections.named("Employees")
    assert stored is not None
    assert {"other"} == stored.enabled_clients


async def test_client_grant_is_made_once_changed_and_taken_back(house: House) -> None:
    """The same client, API and kind of subject have one grant; its id finds it."""
    await house.stores.clients.put(a_client(), NOON)
    await house.stores.resource_servers.put(an_api(), NOON)
    grants = house.stores.client_grants

    made = [await grants.add(replace(GRANT, id=id_), NOON) for id_ in ("cgr_1", "cgr_2")]
    changed = await grants.change("cgr_1", lambda grant: replace(grant, scope=()), NOON)
    gone = [await grants.remove(id_) for id_ in ("cgr_2", "cgr_1", "cgr_1")]

    assert [True, False] == made
    assert replace(GRANT, scope=()) == changed
    assert [False, True, False] == gone
    assert [] == list(await grants.all())


async def test_api_is_made_once_and_changed_in_turn(house: House) -> None:
    """An identifier belongs to one API, and its secret survives every change."""
    apis = house.stores.resource_servers
    api = replace(an_api(), signing_alg="HS256", signing_secret=Secret("secret of the API"))

    made = [await apis.add(api, NOON) for _ in range(2)]
    changed = await apis.change(API, lambda one: replace(one, name="Other"), NOON)

    assert [True, False] == made
    assert replace(api, name="Other") == changed == await apis.get(API)
    assert None is await apis.change("urn:nothing", _as_it_is, NOON)


async def test_removed_api_takes_its_grants_and_permissions_along(house: House) -> None:
    """Whoever gets the identifier next begins with nobody's rights."""
    stores = house.stores
    await stores.clients.put(a_client(), NOON)
    await stores.resource_servers.put(an_api(), NOON)
    await stores.client_grants.add(GRANT, NOON)
    held = frozenset({(API, "read:orders"), ("https://other.example", "x")})
    await stores.roles.put(Role(id="rol_1", name="reader", permissions=held))

    gone = [await stores.resource_servers.remove(API) for _ in range(2)]

    assert [True, False] == gone
    assert [] == list(await stores.client_grants.all())
    assert [{("https://other.example", "x")}] == [
        set(role.permissions) for role in await stores.roles.all()
    ]


async def test_changes_of_the_settings_take_turns(house: House) -> None:
    """Promise M6: flags that are set at the same time are all set."""
    settings = house.stores.settings

    async def switch(name: str) -> Tenant:
        return await settings.change(
            lambda tenant: replace(tenant, flags=dict(tenant.flags) | {name: True})
        )

    await asyncio.gather(*(switch(f"f{number}") for number in range(8)))

    assert {f"f{number}": True for number in range(8)} == (await settings.get()).flags


async def test_keys_know_when_they_signed(house: House) -> None:
    """Rotation notes when a key began to sign and when it stopped."""
    keys = house.stores.signing_keys
    later = NOON + timedelta(days=1)
    for kid, state in (("a", "current"), ("b", "next")):
        await keys.add(_key(kid, state))

    await keys.rotate(_key("c", "next"), later)

    assert {"a": (None, later), "b": (later, None), "c": (None, None)} == {
        key.kid: (key.current_since, key.current_until) for key in await keys.all()
    }


def _as_it_is(api: ResourceServer) -> ResourceServer:
    return api


def _key(kid: str, state: str) -> SigningKey:
    return SigningKey(
        kid=kid, state=state, private_pem=Secret("PEM"), certificate_pem="PEM", created_at=NOON
    )
