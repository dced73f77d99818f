"""Users are changed, linked and unlinked by several at once, and nothing is lost."""

import asyncio
from dataclasses import replace

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import Identity, NewUser, User
from gateword.policy.user_document import Change, alone, linked_profile
from gateword.ports.users import Unchanged
from tests.engines.house import NOON, Furnished, House
from tests.engines.logins import begin, connect_all

BOB = NewUser(
    connection="Customers",
    email="bob@example.test",
    email_verified=True,
    local_id="bob",
    password_hash=Secret("$bob"),
    profile={"name": "Bob"},
    user_metadata={"colour": "red"},
)


async def add_bob(house: House) -> User:
    """Add a user in another connection."""
    connection = await house.add_connection("Customers")
    user = await house.stores.users.add(BOB, connection, NOON)
    assert user is not None
    return user


async def test_parallel_changes_of_metadata_are_all_kept(
    house: House, furnished: Furnished
) -> None:
    """Promise M6: each change is merged into what the one before left."""
    await connect_all(house)
    users, who = house.stores.users, furnished.user.user_id

    await asyncio.gather(
        *(
            users.change(who, Change({"app_metadata": {f"k{number}": number}}).of, NOON)
            for number in range(20)
        )
    )
    user = await users.by_id(who)

    assert user is not None
    assert {f"k{number}": number for number in range(20)} == user.app_metadata


async def test_parallel_changes_to_one_address_leave_it_to_one(
    house: House, furnished: Furnished
) -> None:
    """Promise M6: two users of a connection never answer to one name, however close they come."""
    await connect_all(house)
    users = house.stores.users
    people = [furnished.user.user_id]
    for name in ("b", "c", "d"):
        new = NewUser(connection="Employees", email=f"{name}@x.test", local_id=name)
        added = await users.add(new, furnished.connection, NOON)
        assert added is not None
        people.append(added.user_id)

    changed = await asyncio.gather(
        *(users.change(who, Change({"email": "one@x.test"}).of, NOON) for who in people)
    )

    assert 3 == changed.count(Unchanged.TAKEN)
    assert 1 == len(await users.with_email("ONE@x.test"))


async def test_change_of_nobody_is_none(house: House) -> None:
    """Who is gone cannot be changed."""
    assert Unchanged.GONE is await house.stores.users.change("auth0|x", Change({}).of, NOON)


async def test_failed_change_takes_everything_back(house: House, furnished: Furnished) -> None:
    """An exception of who changes leaves the user as it was."""

    def fail(user: User) -> User:
        raise ValueError(user.user_id)

    with pytest.raises(ValueError, match="auth0"):
        await house.stores.users.change(furnished.user.user_id, fail, NOON)

    assert furnished.user == await house.stores.users.by_id(furnished.user.user_id)


async def test_linked_account_logs_in_as_the_main_user(house: House, furnished: Furnished) -> None:
    """Auth0 "User Account Linking": credentials stay with the account, the rest is the user's."""
    users, ann = house.stores.users, furnished.user
    bob = await add_bob(house)
    refresh = await begin(house, furnished, user_key=bob.key, user_id=bob.user_id)

    linked = await users.link(ann.user_id, bob.user_id, linked_profile, NOON)
    connection = await house.stores.connections.named("Customers")
    assert linked is not None
    assert connection is not None
    account = await users.account(connection.key, [("email", "bob@example.test")])
    token = await house.stores.tokens.find_refresh(refresh)

    assert account is not None
    assert token is not None
    assert (ann.user_id, Secret("$bob")) == (account.user.user_id, account.password_hash)
    assert replace(ann, identities=linked.identities) == linked
    assert {"email": "bob@example.test", "email_verified": True, "name": "Bob"} == dict(
        linked.identities[1].profile
    )
    assert None is await users.by_id(bob.user_id)
    assert "" == token.grant.user_id


async def test_unlinked_account_is_a_user_again(house: House, furnished: Furnished) -> None:
    """Auth0: the profile comes back with the account, the metadata does not."""
    users, ann = house.stores.users, furnished.user
    bob = await add_bob(house)
    await users.link(ann.user_id, bob.user_id, linked_profile, NOON)

    left = await users.unlink(ann.user_id, "auth0", "bob", alone, NOON)
    again = await users.by_id(bob.user_id)

    assert left == ann
    assert again is not None
    assert replace(bob, key=again.key, user_metadata={}) == again
    assert bob.key != again.key
    assert Secret("$bob") == await users.password_hash(again.key, await key_of(house, "Customers"))


async def key_of(house: House, name: str) -> int:
    """Return the number of a connection."""
    connection = await house.stores.connections.named(name)
    assert connection is not None
    return connection.key


async def test_unlink_of_the_main_account_does_nothing(house: House, furnished: Furnished) -> None:
    """The main account is the user; it cannot leave."""
    ann = furnished.user
    own = ann.identities[0]

    left = await house.stores.users.unlink(ann.user_id, "auth0", own.local_id, alone, NOON)

    assert left is None
    assert ann == await house.stores.users.by_id(ann.user_id)


async def test_accounts_of_a_linked_user_come_along(house: House, furnished: Furnished) -> None:
    """Who has linked accounts brings them; each keeps its own profile."""
    users, ann = house.stores.users, furnished.user
    bob = await add_bob(house)
    third = NewUser(connection="Customers", email="c@x.test", local_id="cat")
    connection = await house.stores.connections.named("Customers")
    assert connection is not None
    cat = await users.add(third, connection, NOON)
    assert cat is not None

    await users.link(bob.user_id, cat.user_id, linked_profile, NOON)
    linked = await users.link(ann.user_id, bob.user_id, linked_profile, NOON)

    assert linked is not None
    assert ["Employees", "Customers", "Customers"] == [one.connection for one in linked.identities]
    assert ["c@x.test"] == [one.profile.get("email") for one in linked.identities[2:]]


async def test_two_who_link_each_other_become_one(house: House, furnished: Furnished) -> None:
    """One of two opposite links wins; nobody waits for ever, and no account is lost."""
    await connect_all(house)
    users, ann = house.stores.users, furnished.user.user_id
    bob = (await add_bob(house)).user_id

    done = await asyncio.gather(
        users.link(ann, bob, linked_profile, NOON), users.link(bob, ann, linked_profile, NOON)
    )
    [left] = [user for user in done if user is not None]

    assert {"Employees", "Customers"} == {one.connection for one in left.identities}
    assert left == await users.by_id(left.user_id)


async def test_removed_user_takes_linked_accounts_along(house: House, furnished: Furnished) -> None:
    """Auth0: deleting the main user deletes all accounts."""
    users, ann = house.stores.users, furnished.user.user_id
    bob = await add_bob(house)
    await users.link(ann, bob.user_id, linked_profile, NOON)

    assert await users.remove(ann)

    assert None is await users.by_id(bob.user_id)
    assert None is await users.account(
        await key_of(house, "Customers"), [("email", "bob@example.test")]
    )


async def test_changed_name_of_a_linked_account_is_what_one_logs_in_with(
    house: House, furnished: Furnished
) -> None:
    """`connection` of a change names the account that is meant."""
    users, ann = house.stores.users, furnished.user
    bob = await add_bob(house)
    await users.link(ann.user_id, bob.user_id, linked_profile, NOON)

    changed = await users.change(ann.user_id, Change({"email": "bo@x.test"}, 1).of, NOON)
    account = await users.account(await key_of(house, "Customers"), [("email", "bo@x.test")])

    assert isinstance(changed, User)
    assert account is not None
    assert (ann.email, ann.key) == (changed.email, account.user.key)
    assert isinstance(changed.identities[1], Identity)
    assert not changed.identities[1].profile["email_verified"]
