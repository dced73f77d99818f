"""What the store of passwords promises, on each engine."""

import asyncio
from datetime import timedelta
from typing import Final

from gateword.domain.client import RefreshPolicy
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.ports.passwords import OldPassword
from gateword.ports.queues import Ticket
from tests.engines.house import NOON, Furnished, House, a_handle

LATER: Final = NOON + timedelta(hours=1)


async def changed(house: House, who: Furnished, encoded: str, hour: int, keep: int) -> bool:
    """Change a password at an hour of the afternoon."""
    passwords, at = house.stores.passwords, NOON + timedelta(hours=hour)
    key = await passwords.identity_key(who.user.key, who.connection.key)
    assert key is not None
    return await passwords.change(who.user.key, Secret(encoded), at, identity_key=key, keep=keep)


async def known(house: House, who: Furnished, limit: int = 24) -> list[str]:
    """Return the hashes of somebody, newest first."""
    key = await house.stores.passwords.identity_key(who.user.key, who.connection.key)
    assert key is not None
    return [one.encoded.reveal() for one in await house.stores.passwords.known(key, limit)]


async def test_change_ends_refresh_tokens_and_links(house: House, furnished: Furnished) -> None:
    """Promise O6: with the password end the refresh tokens and every link that is not used."""
    refresh, link = a_handle(), a_handle()
    await house.stores.tokens.begin_family(
        furnished.grant(), refresh, RefreshPolicy(), furnished.access()
    )
    ticket = Ticket(
        purpose="change_password",
        user_key=furnished.user.key,
        document={},
        created_at=NOON,
        expires_at=LATER,
    )
    await house.stores.tickets.add(link, ticket)

    done = await changed(house, furnished, "$2", 0, keep=0)

    stored = await house.stores.tokens.find_refresh(refresh)
    user = await house.stores.users.by_key(furnished.user.key)
    assert done
    assert stored is not None
    assert stored.revoked_at is not None
    assert await house.stores.tickets.find(link, "change_password", NOON) is None
    assert user is not None
    assert NOON == user.last_password_reset
    assert ["$2"] == await known(house, furnished)


async def test_change_of_somebody_who_is_not_there_changes_nothing(
    house: House, furnished: Furnished
) -> None:
    """A user of another connection has no password in this one; nobody has that of another."""
    other = await house.add_connection("Customers")
    passwords = house.stores.passwords
    key = await passwords.identity_key(furnished.user.key, furnished.connection.key)
    assert key is not None

    assert not await passwords.change(
        furnished.user.key + 1, Secret("$2"), NOON, identity_key=key, keep=3
    )
    assert await passwords.identity_key(furnished.user.key, other.key) is None


async def test_linked_accounts_of_one_connection_keep_their_own_passwords(
    house: House, furnished: Furnished
) -> None:
    """The address says which of two accounts is meant; without one it is the main account."""
    users, passwords = house.stores.users, house.stores.passwords
    new = NewUser(
        connection=furnished.connection.name,
        email="second@mail.example",
        password_hash=Secret("$second"),
    )
    second = await users.add(new, furnished.connection, NOON)
    assert second is not None
    await users.link(furnished.user.user_id, second.user_id, lambda _: {}, NOON)
    user, place = furnished.user.key, furnished.connection.key

    key = await passwords.identity_key(user, place, "second@mail.example")
    assert key is not None
    await passwords.change(user, Secret("$changed"), NOON, identity_key=key, keep=0)

    account = await users.account(place, [("email", "second@mail.example")])
    assert account is not None
    assert Secret("$changed") == account.password_hash
    assert key != await passwords.identity_key(user, place)
    assert ["$changed"] != await known(house, furnished)


async def test_former_hashes_are_kept_and_trimmed(house: House, furnished: Furnished) -> None:
    """The newest so many stay, the current one before them, each with the time of its end."""
    [first] = await known(house, furnished)
    for hour, encoded in enumerate(("$2", "$3", "$4"), 1):
        await changed(house, furnished, encoded, hour, keep=2)
    key = await house.stores.passwords.identity_key(furnished.user.key, furnished.connection.key)
    assert key is not None

    found = await house.stores.passwords.known(key, 24)

    assert first not in [one.encoded.reveal() for one in found]
    assert [
        OldPassword(Secret("$4"), None),
        OldPassword(Secret("$3"), NOON + timedelta(hours=3)),
        OldPassword(Secret("$2"), NOON + timedelta(hours=2)),
    ] == list(found)


async def test_no_more_are_read_than_asked_for(house: House, furnished: Furnished) -> None:
    """Each hash that is read costs one to check, so the limit holds for all of them together."""
    for hour, encoded in enumerate(("$2", "$3", "$4"), 1):
        await changed(house, furnished, encoded, hour, keep=24)

    assert ["$4", "$3"] == await known(house, furnished, 2)


async def test_history_that_is_switched_off_is_forgotten(
    house: House, furnished: Furnished
) -> None:
    """Hashes that nobody compares with are not kept."""
    await changed(house, furnished, "$2", 1, keep=5)
    await changed(house, furnished, "$3", 2, keep=0)

    assert ["$3"] == await known(house, furnished)


async def test_history_goes_with_its_user(house: House, furnished: Furnished) -> None:
    """D9: nothing of a deleted user stays."""
    await changed(house, furnished, "$2", 1, keep=5)
    key = await house.stores.passwords.identity_key(furnished.user.key, furnished.connection.key)
    assert key is not None

    await house.stores.users.remove(furnished.user.user_id)

    assert [] == list(await house.stores.passwords.known(key, 24))


async def test_changes_at_once_leave_one_password_and_a_whole_history(
    house: House, furnished: Furnished
) -> None:
    """Of ten changes at once one is the last, and the nine before it are all remembered."""
    [first] = await known(house, furnished)
    await asyncio.gather(*(changed(house, furnished, f"${n}x", n, keep=24) for n in range(10)))

    found = await known(house, furnished)

    assert {first, *(f"${n}x" for n in range(10))} == set(found)
    assert 11 == len(found)
