from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.client import AuthMethod, Client, ClientKey, RefreshPolicy
from gateword.domain.resource_server import ClientGrant, Role
from gateword.domain.secret import Secret
from gateword.ports.token_stores import SigningKey
from gateword.storage.engine import Tx
from gateword.storage.open import open_tenants
from gateword.storage.statement import Statement
from tests.engines.house import (
    API,
    CLIENT,
    NOON,
    Furnished,
    House,
    a_client,
    a_connection,
    an_api,
)


async def test_client_comes_back_as_it_was_put(house: House) -> None:
    """Nothing of a client is lost on its way through the database."""
    client = Client(
        client_id="full",
        name="Full \0 ☃",
        secret=Secret("secret"),
        keys=(ClientKey(id="k1", name="n", kid="kid", alg="RS256", pem="PEM"),),
        auth_method=AuthMethod.PRIVATE_KEY_JWT,
        grant_types=("password", "refresh_token"),
        is_first_party=False,
        is_ip_header_trusted=True,
        id_token_alg="HS256",
        id_token_lifetime_s=60,
        refresh=RefreshPolicy(rotating=True, leeway_s=3, absolute_s=60, idle_s=30),
        origins=frozenset({"https://a.test", "https://b.test"}),
        default_audience=API,
        document={"z": {"y": [1, None]}, "a": True},
    )

    await house.stores.clients.put(client, NOON)
    stored = await house.stores.clients.get("full")

    assert client == stored
    assert ["z", "a"] == list(stored.document)


async def test_secrets_are_not_in_the_documents(house: House) -> None:
    """Promise K5: what is secret leaves the process only through the vault."""
    await house.stores.clients.put(a_client(), NOON)
    api = replace(an_api(), signing_alg="HS256", signing_secret=Secret("api-secret"))
    await house.stores.resource_servers.put(api, NOON)
    documents = Statement("""
        SELECT document FROM clients WHERE tenant = :tenant
        UNION ALL SELECT document FROM resource_servers WHERE tenant = :tenant
    """)

    rows = await house.database.all(documents, tenant=house.tenant.key)

    assert api == await house.stores.resource_servers.get(API)
    assert 2 == len(rows)
    assert not any("shop-secret" in row[0] or "api-secret" in row[0] for row in rows)


async def test_origins_are_those_of_all_clients(house: House) -> None:
    """A preflight names no client, so any client's origin will do."""
    await house.stores.clients.put(replace(a_client("a"), origins=frozenset({"https://a"})), NOON)
    await house.stores.clients.put(replace(a_client("b"), origins=frozenset({"https://b"})), NOON)

    assert frozenset({"https://a", "https://b"}) == await house.stores.clients.origins()


async def test_removed_client_is_gone_with_its_grants(house: House, furnished: Furnished) -> None:
    """A client that comes back under its old name does not find its old rights."""
    del furnished
    await house.stores.client_grants.put(
        ClientGrant(id="cgr_1", client_id=CLIENT, audience=API, scope=("read:orders",)), NOON
    )

    removed = await house.stores.clients.remove(CLIENT)

    assert removed
    assert None is await house.stores.clients.get(CLIENT)
    assert None is await house.stores.client_grants.find(CLIENT, API)
    assert not await house.stores.clients.remove(CLIENT)


async def test_assertion_id_counts_once_for_each_client(house: House) -> None:
    """Promise O3: a client's assertion is good for one request."""
    await house.stores.clients.put(a_client(), NOON)
    await house.stores.clients.put(a_client("other"), NOON)
    end = NOON + timedelta(minutes=5)

    uses = [
        await house.stores.clients.use_assertion(client_id, jti, end)
        for client_id, jti in ((CLIENT, "1"), (CLIENT, "1"), (CLIENT, "2"), ("other", "1"))
    ]

    assert [True, False, True, True] == uses


async def test_connection_answers_to_its_name_and_its_realms(house: House) -> None:
    """Each realm has one owner; the name of a connection is one of its realms."""
    connection = await house.add_connection("Employees", "staff", "crew")

    owners = [
        await house.stores.connections.owning_realm(realm)
        for realm in ("Employees", "staff", "crew", "Staff")
    ]

    assert [connection, connection, connection, None] == owners


@pytest.mark.parametrize("realms", [("staff",), ("Employees",), ("new", "staff")])
async def test_put_when_a_realm_is_taken_changes_nothing(
    house: House, realms: tuple[str, ...]
) -> None:
    """Ruling 18: one owner for each realm."""
    await house.add_connection("Employees", "staff")

    stored = await house.stores.connections.put(a_connection("Customers", *realms), NOON)

    assert not stored
    assert None is await house.stores.connections.named("Customers")
    assert None is await house.stores.connections.owning_realm("new")


async def test_connection_gives_up_realms_it_no_longer_names(house: House) -> None:
    """Replacing a connection keeps its key and frees what it left."""
    before = await house.add_connection("Employees", "staff")
    after = await house.add_connection("Employees", "crew")
    other = await house.stores.connections.put(a_connection("Customers", "staff"), NOON)

    assert before.key == after.key
    assert other


async def test_scopes_of_an_api_keep_their_order(house: House) -> None:
    """The order of definition is the order people see."""
    await house.stores.resource_servers.put(an_api(), NOON)

    stored = await house.stores.resource_servers.get(API)

    assert stored is not None
    assert ["write:orders", "read:orders"] == list(stored.scopes)


async def test_client_grants_differ_by_subject_type(house: House, furnished: Furnished) -> None:
    """What a machine may do by itself and for its users are two grants."""
    del furnished
    machine = ClientGrant(id="1", client_id=CLIENT, audience=API, scope=("read:orders",))
    people = replace(machine, id="2", subject_type="user", scope=())
    await house.stores.client_grants.put(machine, NOON)
    await house.stores.client_grants.put(people, NOON)

    assert machine == await house.stores.client_grants.find(CLIENT, API)
    assert people == await house.stores.client_grants.find(CLIENT, API, "user")
    assert None is await house.stores.client_grants.find(CLIENT, "https://other.example")


async def test_permissions_are_direct_ones_and_those_of_roles(
    house: House, furnished: Furnished
) -> None:
    """RBAC looks at one API at a time; a permission held twice counts once."""
    key, roles = furnished.user.key, house.stores.roles
    reader = Role(id="rol_1", name="reader", permissions=frozenset({(API, "read:orders")}))
    other = Role(id="rol_2", name="other", permissions=frozenset({("https://b.example", "x")}))
    for role in (reader, other):
        await roles.put(role)
    direct = Statement("""
        INSERT INTO user_permissions (tenant, user_key, audience, permission)
        VALUES (:tenant, :user_key, :audience, :permission)
    """)

    async def permit(tx: Tx) -> None:
        for permission in ("read:orders", "write:orders"):
            await tx.run(
                direct,
                tenant=house.tenant.key,
                user_key=key,
                audience=API,
                permission=permission,
            )

    await house.database.transact(permit)
    assigned = await roles.assign(key, ["reader", "other", "reader"])

    assert assigned
    assert frozenset({"read:orders", "write:orders"}) == await roles.permissions_of(key, API)
    assert (other, reader) == tuple(await roles.of_user(key))


async def test_assign_when_a_role_does_not_exist_assigns_none(
    house: House, furnished: Furnished
) -> None:
    """Either all roles are given or none."""
    await house.stores.roles.put(Role(id="rol_1", name="reader"))

    assigned = await house.stores.roles.assign(furnished.user.key, ["reader", "missing"])

    assert not assigned
    assert () == tuple(await house.stores.roles.of_user(furnished.user.key))


async def test_replaced_role_keeps_its_holders(house: House, furnished: Furnished) -> None:
    """A role is replaced by its name: the id stays, the permissions are the new ones."""
    roles = house.stores.roles
    await roles.put(Role(id="rol_1", name="reader", permissions=frozenset({(API, "old")})))
    await roles.assign(furnished.user.key, ["reader"])

    await roles.put(Role(id="rol_2", name="reader", permissions=frozenset({(API, "new")})))

    assert frozenset({"new"}) == await roles.permissions_of(furnished.user.key, API)
    assert ["rol_1"] == [role.id for role in await roles.all()]


async def test_rotation_moves_every_key_one_place(house: House) -> None:
    """Promise K4: the next key was published before it signs; the previous one stays."""
    keys = house.stores.signing_keys
    await keys.add(a_key("a", "current"))
    await keys.add(a_key("b", "next"))

    await keys.rotate(a_key("c", "next"), NOON)

    assert {"a": "previous", "b": "current", "c": "next"} == {
        key.kid: key.state for key in await keys.all()
    }
    assert a_key("c", "next") in await keys.all()


async def test_only_a_previous_key_is_revoked(house: House) -> None:
    """Revoking the key that signs would stop every login."""
    keys = house.stores.signing_keys
    for kid, state in (("a", "previous"), ("b", "current"), ("c", "next")):
        await keys.add(a_key(kid, state))

    revoked = [await keys.revoke(kid, NOON) for kid in ("a", "a", "b", "c", "d")]

    assert [True, False, False, False, False] == revoked
    assert {"a": NOON, "b": None, "c": None} == {
        key.kid: key.revoked_at for key in await keys.all()
    }


async def test_tenant_settings_keep_name_and_domain(house: House) -> None:
    """Saving settings cannot move a tenant to another host."""
    changed = replace(
        house.tenant, name="other", domain="other.test", default_directory="DB", flags={"f": True}
    )

    await house.stores.settings.save(changed)

    assert replace(house.tenant, default_directory="DB", flags={"f": True}) == (
        await house.stores.settings.get()
    )


async def test_tenant_when_name_or_domain_is_taken_is_not_added(house: House) -> None:
    """The Host chooses one tenant, and commands name one."""
    tenants = open_tenants(house.database)
    before = await tenants.all()

    same_name = await tenants.add(house.tenant.name, "new.test", NOON)
    same_domain = await tenants.add("new", house.tenant.domain, NOON)

    assert [None, None] == [same_name, same_domain]
    assert house.tenant in before
    assert before == await tenants.all()


def a_key(kid: str, state: str) -> SigningKey:
    """Return a signing key."""
    return SigningKey(
        kid=kid,
        state=state,
        private_pem=Secret("PRIVATE"),
        certificate_pem="CERTIFICATE",
        created_at=NOON,
    )
