from datetime import timedelta

import pytest

from gateword.domain.client import RefreshPolicy
from gateword.domain.secret import Secret
from gateword.domain.token import AccessRecord
from gateword.policy.refresh import FAMILIES_PER_USER_AND_CLIENT
from gateword.storage.purging import BATCH
from tests.engines.house import CLIENT, NOON, Furnished, House, a_client, a_handle
from tests.engines.logins import ROTATING, begin, is_alive


async def test_begun_family_is_found_by_its_token(house: House, furnished: Furnished) -> None:
    """A refresh token leads back to the login it was issued for."""
    policy = RefreshPolicy(rotating=True, idle_s=600)

    refresh = await begin(house, furnished, policy, expires_at=NOON + timedelta(hours=1))
    stored = await house.stores.tokens.find_refresh(refresh)

    assert stored is not None
    assert furnished.grant(expires_at=NOON + timedelta(hours=1)) == stored.grant
    assert (1, 1, True) == (stored.counter, stored.latest_counter, stored.rotating)
    assert NOON + timedelta(seconds=600) == stored.idle_expires_at


@pytest.mark.parametrize("edit", ["cut", "longer", "case", "space", "padding"])
async def test_edited_handle_finds_nothing(house: House, furnished: Furnished, edit: str) -> None:
    """Promise O7: a handle counts as a whole; every variant of it is unknown."""
    whole = f"{a_handle().reveal()}.AbCdEfGh"
    await house.stores.tokens.begin_family(
        furnished.grant(), Secret(whole), ROTATING, furnished.access()
    )
    edited = {
        "cut": whole[:-1],
        "longer": f"{whole}i",
        "case": whole.swapcase(),
        "space": f"{whole} ",
        "padding": f"{whole}=",
    }[edit]

    assert None is not await house.stores.tokens.find_refresh(Secret(whole))
    assert None is await house.stores.tokens.find_refresh(Secret(edited))


async def test_revoke_ends_the_family_and_the_access_tokens_born_with_it(
    house: House, furnished: Furnished
) -> None:
    """Introspection and userinfo must see that the grant has gone; it is answered once."""
    access = a_handle()
    refresh = await begin(house, furnished, access=access)
    tokens = house.stores.tokens

    revoked = await tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=False)
    again = await tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=False)
    record = await tokens.find_access(access)

    assert furnished.grant() == revoked
    assert again is None
    assert record is not None
    assert record.revoked


async def test_revoke_of_the_whole_grant_ends_the_families_of_the_same_api(
    house: House, furnished: Furnished
) -> None:
    """Tenant flag `revoke_refresh_token_grant`: user, client and audience together."""
    refresh = await begin(house, furnished)
    sister = await begin(house, furnished)
    other_api = await begin(house, furnished, audience=None)

    await house.stores.tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=True)

    assert [False, True] == [await is_alive(house, token) for token in (sister, other_api)]


async def test_revoke_by_another_client_does_nothing(house: House, furnished: Furnished) -> None:
    """Promise O4: a foreign client cannot end what is not its own."""
    refresh = await begin(house, furnished)

    answer = await house.stores.tokens.revoke_refresh(refresh, "thief", NOON, whole_grant=True)

    assert answer is None
    assert await is_alive(house, refresh)


async def test_revoke_user_ends_all_families_and_counts_them(
    house: House, furnished: Furnished
) -> None:
    """A new password ends every login of the user; ended ones do not count twice."""
    tokens = [await begin(house, furnished) for _ in range(3)]
    await house.stores.tokens.revoke_refresh(tokens[0], CLIENT, NOON, whole_grant=False)

    ended = await house.stores.tokens.revoke_user(furnished.user.key, NOON)

    assert 2 == ended
    assert not any([await is_alive(house, token) for token in tokens])


async def test_begin_family_when_there_are_too_many_ends_the_oldest(
    house: House, furnished: Furnished
) -> None:
    """Auth0: a user holds 200 at one client; the oldest go, and the log is told how many."""
    oldest = await begin(house, furnished)
    second = await begin(house, furnished)
    for _ in range(FAMILIES_PER_USER_AND_CLIENT - 2):
        await begin(house, furnished)
    refresh = a_handle()

    ended = await house.stores.tokens.begin_family(
        furnished.grant(), refresh, ROTATING, furnished.access()
    )

    assert 1 == ended
    assert [False, True, True] == [
        await is_alive(house, token) for token in (oldest, second, refresh)
    ]


async def test_access_token_is_found_with_what_was_granted(
    house: House, furnished: Furnished
) -> None:
    """An opaque token carries nothing, so all of it is kept."""
    handle = a_handle()

    await house.stores.tokens.add_access(furnished.access(handle))

    assert AccessRecord(
        opaque=True,
        user_id=furnished.user.user_id,
        client_id=CLIENT,
        scopes=("read:orders",),
        issued_at=NOON,
        expires_at=NOON + timedelta(days=1),
    ) == await house.stores.tokens.find_access(handle)
    assert None is await house.stores.tokens.find_access(Secret(handle.reveal()[:-1]))


async def test_equal_access_token_of_two_logins_lives_as_long_as_the_later_one(
    house: House, furnished: Furnished
) -> None:
    """Two JWTs of one second are one text; it ends with the login that was answered last."""
    access = a_handle()
    first = await begin(house, furnished, access=access)
    second = await begin(house, furnished, access=access)
    revoked = []

    for refresh in (first, second):
        await house.stores.tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=False)
        record = await house.stores.tokens.find_access(access)
        revoked.append(record is not None and record.revoked)

    assert [False, True] == revoked


async def test_purge_takes_what_has_ended_and_nothing_else(
    house: House, furnished: Furnished
) -> None:
    """What nobody can ask for any more goes; live families and their reuse detection stay."""
    live = await begin(house, furnished)
    idle = await begin(house, furnished, RefreshPolicy(rotating=True, idle_s=60))
    ended = await begin(house, furnished, expires_at=NOON + timedelta(hours=1))
    revoked = await begin(house, furnished)
    await house.stores.tokens.revoke_refresh(revoked, CLIENT, NOON, whole_grant=False)
    await house.stores.clients.use_assertion(CLIENT, "jti", NOON)

    tokens, hours, days = house.stores.tokens, NOON + timedelta(hours=2), NOON + timedelta(days=2)
    too_early = [await tokens.purge(hours), await tokens.purge_families(hours)]
    gone = [await tokens.purge(days), await tokens.purge_families(days)]

    assert [1, 0] == too_early  # the assertion; families wait for their access tokens
    assert [4, 3] == gone
    assert [True, False, False, False] == [
        await house.stores.tokens.find_refresh(token) is not None
        for token in (live, idle, ended, revoked)
    ]


async def test_purge_when_there_is_much_takes_it_in_turns(
    house: House, furnished: Furnished
) -> None:
    """No transaction is long, and none of what has ended is left over."""
    for _ in range(BATCH + 1):
        await house.stores.tokens.add_access(furnished.access(a_handle()))

    gone = await house.stores.tokens.purge(NOON + timedelta(days=2))

    assert BATCH + 1 == gone


async def test_removed_client_takes_its_tokens_along(house: House, furnished: Furnished) -> None:
    """Promise O6: after a client is deleted nothing of it can be used."""
    access = a_handle()
    refresh = await begin(house, furnished, access=access)

    removed = await house.stores.clients.remove(CLIENT)
    await house.stores.clients.put(a_client(), NOON)

    assert removed
    assert None is await house.stores.tokens.find_refresh(refresh)
    assert None is await house.stores.tokens.find_access(access)


async def test_removed_user_leaves_tokens_that_say_so(house: House, furnished: Furnished) -> None:
    """Promise D9: only a number is left of a user; access tokens end, refresh tokens tell why."""
    access = a_handle()
    refresh = await begin(house, furnished, access=access)

    await house.stores.users.remove(furnished.user.user_id)
    stored = await house.stores.tokens.find_refresh(refresh)
    record = await house.stores.tokens.find_access(access)

    assert stored is not None
    assert ("", None) == (stored.grant.user_id, stored.revoked_at)
    assert None is await house.stores.users.by_key(stored.grant.user_key)
    assert record is not None
    assert ("", True) == (record.user_id, record.revoked)
