import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import Identity, NewUser
from gateword.storage.migrate import recorded
from gateword.storage.sqlite_tables import SqliteTables
from tests.engines.house import NOON, CountingDatabase, Furnished, House, stores_of

LATER = NOON + timedelta(minutes=5)


async def test_added_user_is_found_by_each_login_name(house: House) -> None:
    """Login names are kept in their normal form, so every spelling leads to one account."""
    connection = await house.add_connection("Employees")
    new = NewUser(
        connection="Employees",
        email="Bob@Example.Test",
        username="Bobby",
        phone_number="+15551234",
        password_hash=Secret("$argon2id$x"),
        user_metadata={"z": 1, "a": [True, None]},
    )

    user = await house.stores.users.add(new, connection, NOON)
    found = [
        await house.stores.users.account(connection.key, [name])
        for name in (("email", "bob@example.test"), ("username", "bobby"), ("phone", "+15551234"))
    ]

    assert user is not None
    assert [user.key] * 3 == [account.user.key for account in found if account]
    assert ["$argon2id$x"] * 3 == [
        account.password_hash.reveal() for account in found if account and account.password_hash
    ]
    assert ["z", "a"] == list(user.user_metadata)
    assert user == await house.stores.users.by_id(user.user_id)


async def test_added_user_has_an_id_of_auth0s_shape(house: House) -> None:
    """Auth0: `auth0|` and 24 hex characters, unless an importer brought the local id."""
    connection = await house.add_connection("Employees")
    users = house.stores.users

    made = await users.add(NewUser(connection="Employees", email="a@x.test"), connection, NOON)
    brought = await users.add(
        NewUser(connection="Employees", email="b@x.test", local_id="mine"), connection, NOON
    )

    assert made is not None
    assert brought is not None
    assert ("auth0|", 24) == (made.user_id[:6], len(made.user_id[6:]))
    assert (Identity(connection="Employees", provider="auth0", local_id="mine"),) == (
        brought.identities
    )


@pytest.mark.parametrize(
    "new",
    [
        NewUser(connection="Employees", email="ANN@example.test"),
        NewUser(connection="Employees", email="new@example.test", username="Ann"),
        NewUser(connection="Employees", email="new@example.test", phone_number="+15550001"),
        NewUser(connection="Employees", email="new@example.test", local_id="taken"),
    ],
    ids=["email", "username", "phone", "id"],
)
async def test_add_when_a_name_is_taken_adds_nothing(house: House, new: NewUser) -> None:
    """Uniqueness is the database's, on the normal form; a refused user leaves nothing behind."""
    connection = await house.add_connection("Employees")
    ann = NewUser(
        connection="Employees",
        email="ann@example.test",
        username="ann",
        phone_number="+15550001",
        local_id="taken",
    )
    await house.stores.users.add(ann, connection, NOON)

    added = await house.stores.users.add(new, connection, NOON)

    assert added is None
    assert 1 == len(await house.stores.users.page(connection_key=None, after=0, limit=10))


async def test_same_email_in_two_connections_is_two_users(house: House) -> None:
    """Realms do not share users: two passwords, two subjects."""
    employees = await house.add_connection("Employees")
    customers = await house.add_connection("Customers")
    users = house.stores.users

    first = await users.add(NewUser(connection="Employees", email="a@x.test"), employees, NOON)
    second = await users.add(NewUser(connection="Customers", email="a@x.test"), customers, NOON)
    found = await users.account(customers.key, [("email", "a@x.test")])

    assert first is not None
    assert second is not None
    assert found is not None
    assert first.user_id != second.user_id
    assert second.user_id == found.user.user_id


async def test_account_takes_the_first_name_that_fits(house: House) -> None:
    """A username that looks like another user's e-mail address does not shadow that address."""
    connection = await house.add_connection("Employees")
    users = house.stores.users
    by_email = await users.add(NewUser(connection="Employees", email="n@x.test"), connection, NOON)
    await users.add(NewUser(connection="Employees", username="n@x.test"), connection, NOON)

    found = await users.account(connection.key, [("email", "n@x.test"), ("username", "n@x.test")])

    assert by_email is not None
    assert found is not None
    assert by_email.key == found.user.key
    assert None is await users.account(connection.key, [("email", "nobody@x.test")])


async def test_account_asks_the_same_questions_for_known_and_unknown_names(
    house: House, furnished: Furnished
) -> None:
    """Promise T2: look-ups hit the same queries whether found or not."""
    counting = CountingDatabase(house.database)
    users = stores_of(counting, house.tenant, house.clock).users
    counts = []

    for name in ("ann@example.test", "nobody@example.test"):
        before = counting.questions
        await users.account(furnished.connection.key, [("email", name), ("username", name)])
        counts.append(counting.questions - before)

    assert [1, 1] == counts


async def test_recorded_login_counts_and_is_remembered(house: House, furnished: Furnished) -> None:
    """Auth0: logins_count, last_login and last_ip follow each login."""
    await house.log_in(furnished.user.key, "192.0.2.1", NOON)
    user = await house.log_in(furnished.user.key, "192.0.2.2", LATER)

    assert user is not None
    assert (2, "192.0.2.2", LATER) == (user.logins_count, user.last_ip, user.last_login)
    assert None is await house.log_in(furnished.user.key + 1, "192.0.2.1", NOON)


async def test_replace_hash_when_the_password_changed_meanwhile_keeps_the_new_one(
    house: House, furnished: Furnished
) -> None:
    """A rehash of the old password must not undo a change of password."""
    users, key, connection = house.stores.users, furnished.user.key, furnished.connection.key
    account = await users.account(connection, [("email", "ann@example.test")])
    assert account is not None

    await users.replace_hash(account.identity_key, Secret("$1"), Secret("$1 better"))
    better = await users.password_hash(key, connection)
    await house.stores.passwords.change(
        key, Secret("$2"), NOON, identity_key=account.identity_key, keep=0
    )
    await users.replace_hash(account.identity_key, Secret("$1 better"), Secret("$1 best"))

    assert Secret("$1 better") == better
    assert Secret("$2") == await users.password_hash(key, connection)


async def test_saved_user_keeps_identities_and_moves_login_names(
    house: House, furnished: Furnished
) -> None:
    """A changed e-mail address is what the user logs in with from then on."""
    users = house.stores.users
    changed = replace(
        furnished.user, email="Anna@example.test", blocked=True, app_metadata={"plan": "gold"}
    )

    saved = await users.save(changed, LATER)
    found = await users.account(furnished.connection.key, [("email", "anna@example.test")])

    assert saved
    assert found is not None
    assert replace(changed, updated_at=LATER) == found.user
    assert None is await users.account(furnished.connection.key, [("email", "ann@example.test")])


async def test_save_when_the_name_is_taken_changes_nothing(
    house: House, furnished: Furnished
) -> None:
    """Two users of a connection never answer to one name."""
    users = house.stores.users
    await users.add(
        NewUser(connection="Employees", email="bob@example.test"), furnished.connection, NOON
    )

    saved = await users.save(replace(furnished.user, email="BOB@example.test"), LATER)

    assert not saved
    assert furnished.user == await users.by_key(furnished.user.key)


async def test_pages_follow_each_other_without_gaps(house: House) -> None:
    """The last key of a page is where the next one begins; a connection shows its own users."""
    employees = await house.add_connection("Employees")
    customers = await house.add_connection("Customers")
    users = house.stores.users
    for number in range(5):
        connection = (employees, customers)[number % 2]
        new = NewUser(connection=connection.name, email=f"u{number}@x.test")
        await users.add(new, connection, NOON)

    first = await users.page(connection_key=None, after=0, limit=3)
    second = await users.page(connection_key=None, after=first[-1].key, limit=3)
    of_customers = await users.page(connection_key=customers.key, after=0, limit=3)

    assert [f"u{n}@x.test" for n in range(5)] == [user.email for user in [*first, *second]]
    assert ["u1@x.test", "u3@x.test"] == [user.email for user in of_customers]


async def test_key_of_a_removed_user_is_never_given_again(house: House) -> None:
    """Promise D9: nothing that remembers a user by number may meet another one."""
    connection = await house.add_connection("Employees")
    users = house.stores.users
    new = NewUser(connection="Employees", email="a@x.test")
    first = await users.add(new, connection, NOON)
    assert first is not None

    removed = await users.remove(first.user_id)
    second = await users.add(new, connection, NOON)

    assert removed
    assert second is not None
    assert second.key > first.key
    assert not await users.remove(first.user_id)


def test_every_table_with_a_user_in_it_is_known() -> None:
    """Promise D9: removal was thought about for each of these; a new one must join the list."""
    gone_with_the_user = {
        ("users", "user_id"),
        ("identities", "user_key"),
        ("user_permissions", "user_key"),
        ("user_roles", "user_key"),
        ("imported_factors", "user_key"),
        ("tickets", "user_key"),
        ("failures", "user_key"),
        ("leases", "user_key"),
        ("known_places", "user_key"),
        ("authenticators", "user_key"),
        ("half_logins", "user_key"),
        ("known_devices", "user_key"),
        ("challenges", "user_key"),
    }
    only_a_number_stays = {
        (table, column)
        for table in ("access_tokens", "refresh_families")
        for column in ("user_id", "user_key")
    }
    no_person = {("logs", "user_id"), ("users", "user_metadata")}
    columns = set()

    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in recorded(SqliteTables(Path())):
            connection.execute(statement)
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for column in connection.execute("SELECT name FROM pragma_table_info(?)", (table,)):
                if column[0].startswith("user_"):
                    columns.add((table, column[0]))

    assert gone_with_the_user | only_a_number_stays | no_person == columns
