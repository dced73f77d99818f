from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.crypto.vault import AesVault
from gateword.domain.connection import Connection, ScriptSetting
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.ports.connections import RealmTaken
from gateword.storage.engine import Row
from gateword.storage.open import open_stores
from gateword.storage.statement import Statement
from tests.engines.house import NOON, CountingDice, Furnished, House, a_connection
from tests.engines.logins import begin

LATER = NOON + timedelta(minutes=5)
_DOCUMENTS = Statement("SELECT document FROM connections WHERE tenant = :tenant")
_NAMES_IN_TOKENS = Statement("""
    SELECT user_id FROM refresh_families WHERE tenant = :tenant
    UNION SELECT user_id FROM access_tokens WHERE tenant = :tenant
""")


async def rows(house: House, statement: Statement) -> list[Row]:
    """Return what a statement finds in the tenant of a house."""
    return await house.database.all(statement, tenant=house.tenant.key)


async def test_script_settings_come_back_as_they_were_put(house: House) -> None:
    """Scripts read the values; answers show a ciphertext that stays the same until it changes."""
    setting = ScriptSetting(value=Secret("s3cr3t"))
    made = replace(a_connection("Employees"), configuration={"KEY": setting})

    added = await house.stores.connections.add(made, NOON)
    changed = await house.stores.connections.change(
        made.id, lambda stored: replace(stored, realms=("staff",)), LATER
    )
    read = await house.other_worker().connections.by_id(made.id)

    assert added is not None
    assert changed is not None
    assert added.configuration == changed.configuration
    assert changed == read
    assert Secret("s3cr3t") == added.configuration["KEY"].value
    assert added.configuration["KEY"].shown


@pytest.mark.parametrize(
    "connection",
    [
        replace(
            a_connection("Employees"),
            configuration={"KEY": ScriptSetting(value=Secret("s3cr3t"))},
            options={"passwordPolicy": "low"},
        ),
        replace(
            a_connection("Employees"),
            strategy="google-oauth2",
            options={"client_secret": "s3cr3t", "scope": ["email"]},
        ),
    ],
    ids=["script settings", "options of another strategy"],
)
async def test_secrets_of_connections_are_sealed(house: House, connection: Connection) -> None:
    """Promise K5: what may be secret stands encrypted in the database, and opens again."""
    stores = open_stores(
        house.database, house.tenant.key, AesVault(b"k" * 32), house.clock, CountingDice()
    )

    await stores.connections.put(connection, NOON)
    document = (await rows(house, _DOCUMENTS))[0][0]
    read = await stores.connections.named("Employees")

    assert "s3cr3t" not in document
    assert read is not None
    assert connection.options == read.options
    assert connection.configuration.keys() == read.configuration.keys()


async def test_add_when_the_name_is_taken_changes_nothing(house: House) -> None:
    """A new connection never replaces one."""
    await house.add_connection("Employees")

    added = await house.stores.connections.add(
        replace(a_connection("Employees", "staff"), id="con_other"), NOON
    )

    assert None is added
    assert None is await house.stores.connections.owning_realm("staff")


async def test_realm_of_another_is_refused_and_nothing_done(house: House) -> None:
    """Ruling 18: one owner for each realm, for new connections and for changed ones."""
    await house.add_connection("Employees", "staff")
    customers = await house.add_connection("Customers")
    connections = house.stores.connections

    with pytest.raises(RealmTaken):
        await connections.add(a_connection("Partners", "staff"), NOON)
    with pytest.raises(RealmTaken):
        await connections.change(
            customers.id, lambda stored: replace(stored, realms=("new", "staff")), NOON
        )

    assert None is await connections.named("Partners")
    assert None is await connections.owning_realm("new")
    assert customers == await connections.named("Customers")


async def test_change_that_fails_changes_nothing(house: House) -> None:
    """What the change raises takes the transaction back."""
    stored = await house.add_connection("Employees")

    def refuse(_: Connection) -> Connection:
        raise LookupError

    with pytest.raises(LookupError):
        await house.stores.connections.change(stored.id, refuse, NOON)

    assert stored == await house.stores.connections.by_id(stored.id)
    assert None is await house.stores.connections.change("con_none", refuse, NOON)


async def test_removed_connection_takes_its_users_along(house: House, furnished: Furnished) -> None:
    """Promise D9: nobody's id stays in a token, and nobody of another connection is touched."""
    await begin(house, furnished)
    other = await house.add_connection("Customers", "shop")
    kept = await house.stores.users.add(
        NewUser(connection="Customers", email="kept@example.test"), other, NOON
    )

    removed = await house.stores.connections.remove(furnished.connection.id)

    assert removed
    assert kept is not None
    assert None is await house.stores.connections.by_id(furnished.connection.id)
    assert None is await house.stores.connections.owning_realm("Employees")
    assert None is await house.stores.users.by_id(furnished.user.user_id)
    assert [("",)] == [tuple(row) for row in await rows(house, _NAMES_IN_TOKENS)]
    assert kept == await house.stores.users.by_id(kept.user_id)
    assert not await house.stores.connections.remove(furnished.connection.id)


async def test_users_of_a_connection_are_removed_some_at_a_time(house: House) -> None:
    """Many users need many transactions, so that logins go on in between."""
    connection = await house.add_connection("Employees")
    for number in range(3):
        new = NewUser(connection="Employees", email=f"u{number}@x.test")
        await house.stores.users.add(new, connection, NOON)

    removed = [await house.stores.connections.remove_users(connection.id, 2) for _ in range(3)]

    assert [2, 1, 0] == removed
    assert connection == await house.stores.connections.by_id(connection.id)


async def test_linked_account_of_a_removed_connection_leaves_its_user(
    house: House, furnished: Furnished
) -> None:
    """The user lives elsewhere and only loses that way in."""
    other = await house.add_connection("Customers")
    second = await house.stores.users.add(
        NewUser(connection="Customers", email="ann@other.test"), other, NOON
    )
    assert second is not None
    user_id = furnished.user.user_id
    await house.stores.users.link(user_id, second.user_id, lambda _: {}, NOON)

    await house.stores.connections.remove(other.id)
    user = await house.stores.users.by_id(user_id)

    assert user is not None
    assert ["Employees"] == [identity.connection for identity in user.identities]


async def test_tenants_do_not_reach_each_others_connections(house: House) -> None:
    """Rule R9: an id of another tenant is nobody's."""
    stored = await house.add_connection("Employees")
    connections = (await house.neighbour()).stores.connections

    def close(connection: Connection) -> Connection:
        return replace(connection, is_active=False)

    reached = (
        await connections.by_id(stored.id),
        await connections.change(stored.id, close, NOON),
        await connections.remove_users(stored.id, 9),
        await connections.remove(stored.id),
    )

    assert (None, None, 0, False) == reached
    assert stored == await house.stores.connections.by_id(stored.id)
