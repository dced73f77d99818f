"""Promise of rule R9: a tenant's stores reach the rows of no other tenant."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateword.storage
from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.resource_server import ClientGrant, Role
from gateword.domain.secret import Secret
from gateword.ports.token_stores import SigningKey
from gateword.storage.statement import AcrossTenants, Sql, Statement
from tests.engines.house import API, CLIENT, NOON, Furnished, House, a_handle, logged_in

ROOMS_WITHOUT_A_TENANT = {"tenants", "sqlite", "postgres", "migrate"}
"""Modules whose subject is the installation: its list of tenants, its health."""


def test_statement_without_tenant_cannot_be_made() -> None:
    """A query that could reach every tenant's rows fails when the program starts."""
    with pytest.raises(ValueError, match="without :tenant"):
        Statement("SELECT * FROM users WHERE key = :key")


def test_statement_when_tenant_is_only_part_of_a_name_cannot_be_made() -> None:
    """`:tenants` and `x:tenant` are not the parameter."""
    for text in ("SELECT :tenants", "SELECT 'x:tenant'", "SELECT x::tenant"):
        with pytest.raises(ValueError, match="without :tenant"):
            Statement(text)


def test_every_statement_of_the_stores_has_a_tenant() -> None:
    """Only the list of tenants and the health of the database speak to all tenants."""
    found = dict(statements())

    across = {name.split(".")[0] for name, sql in found.items() if isinstance(sql, AcrossTenants)}

    assert len(found) > 60
    assert across <= ROOMS_WITHOUT_A_TENANT
    assert all(
        "tenant = :tenant" in sql.text.replace(" + 0", "")
        or ":tenant," in sql.text
        or "key = :tenant" in sql.text
        for sql in found.values()
        if isinstance(sql, Statement)
    )


def test_stores_never_name_a_table_in_a_string_that_is_no_statement() -> None:
    """SQL text reaches an engine only as `Sql`, so nothing slips past the check."""
    for module in pkgutil.iter_modules(gateword.storage.__path__):
        spec = importlib.import_module(f"gateword.storage.{module.name}").__spec__
        assert spec is not None
        assert spec.origin is not None
        if module.name in {
            "sqlite_tables",
            "postgres_tables",
            "sqlite",
            "sqlite_file",
            "sqlite_search",
            "sqlite_statistics",
            "committer",
            "postgres",
        }:
            continue
        tree = ast.parse(Path(spec.origin).read_text("utf-8"))
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"execute", "executemany"}
        ]
        assert [] == calls


async def fill(house: House, furnished: Furnished) -> None:
    """Put a row into every store that furnishing a tenant leaves empty."""
    stores = house.stores
    await stores.client_grants.put(ClientGrant(id="1", client_id=CLIENT, audience=API), NOON)
    await stores.roles.put(Role(id="rol_1", name="reader", permissions=frozenset({(API, "x")})))
    await stores.roles.assign(furnished.user.key, ["reader"])
    await stores.signing_keys.add(
        SigningKey(
            kid="k",
            state="current",
            private_pem=Secret("P"),
            certificate_pem="C",
            created_at=NOON,
        )
    )
    await stores.logs.append([LogEvent(code=LogCode.SEPFT, at=NOON)])


async def test_neighbour_sees_nothing_of_a_tenant(house: House) -> None:
    """Same names, same ids, same handles: what one tenant stored the other does not find."""
    furnished = await house.furnish()
    await fill(house, furnished)
    refresh, access = a_handle(), a_handle()
    await house.stores.tokens.begin_family(
        furnished.grant(), refresh, RefreshPolicy(), furnished.access(access)
    )

    other = (await house.neighbour()).stores
    key, connection = furnished.user.key, furnished.connection.key

    assert [None, None, None, None] == [
        await other.clients.get(CLIENT),
        await other.connections.owning_realm("Employees"),
        await other.resource_servers.get(API),
        await other.client_grants.find(CLIENT, API),
    ]
    assert [None, None, None, None] == [
        await other.users.by_key(key),
        await other.users.by_id(furnished.user.user_id),
        await other.users.account(connection, [("email", "ann@example.test")]),
        await other.users.password_hash(key, connection),
    ]
    assert None is await other.users.by_identity(connection, furnished.user.identities[0].local_id)
    assert [None, None] == [
        await other.tokens.find_refresh(refresh),
        await other.tokens.find_access(access),
    ]
    assert [0, 0, 0, 0, 0] == [
        len(await other.users.page(connection_key=None, after=0, limit=9)),
        len(await other.users.page(connection_key=connection, after=0, limit=9)),
        len(await other.roles.permissions_of(key, API)) + len(await other.roles.of_user(key)),
        len(await other.signing_keys.all()) + len(await other.roles.all()),
        len(await other.logs.read(after=0, limit=9)) + len(await other.logs.latest(9)),
    ]


async def test_neighbour_changes_nothing_of_a_tenant(house: House) -> None:
    """Numbers and handles of another tenant are as good as unknown to every writing method."""
    furnished = await house.furnish()
    refresh = a_handle()
    await house.stores.tokens.begin_family(
        furnished.grant(), refresh, RefreshPolicy(), furnished.access()
    )
    other = (await house.neighbour()).stores
    key, connection = furnished.user.key, furnished.connection.key
    identity = await house.stores.passwords.identity_key(key, connection)
    assert identity is not None
    await other.roles.put(Role(id="rol_1", name="reader", permissions=frozenset({(API, "x")})))

    answers = [
        await other.clients.remove(CLIENT),
        await other.users.save(furnished.user, NOON),
        await other.users.remove(furnished.user.user_id),
        await other.passwords.change(key, Secret("x"), NOON, identity_key=identity, keep=1),
        bool(await logged_in(other, key, "192.0.2.1", NOON)),
        bool(await other.tokens.revoke_user(key, NOON)),
        bool(await other.tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=True)),
    ]
    await other.roles.assign(key, ["reader"])
    stored = await house.stores.tokens.find_refresh(refresh)

    assert not any(answers)
    assert stored is not None
    assert stored.revoked_at is None
    assert furnished.user == await house.stores.users.by_key(key)
    assert frozenset() == await house.stores.roles.permissions_of(key, API)


async def test_neighbour_may_use_the_same_names(house: House) -> None:
    """Clients, connections, realms, APIs and e-mail addresses are unique within a tenant only."""
    first = await house.furnish()
    second = await (await house.neighbour()).furnish()

    assert first.user.email == second.user.email
    assert first.connection.name == second.connection.name
    assert first.user.user_id != second.user.user_id


def statements() -> Iterator[tuple[str, Sql]]:
    """Walk every module of the storage room and yield the statements it defines."""
    for module in pkgutil.iter_modules(gateword.storage.__path__):
        if module.name == "migrations":
            continue
        for name, value in vars(importlib.import_module(f"gateword.storage.{module.name}")).items():
            group = value if isinstance(value, tuple) else [value]
            group = list(value.values()) if isinstance(value, dict) else group
            for number, each in enumerate(group):
                if isinstance(each, Sql):
                    yield f"{module.name}.{name}.{number}", each
