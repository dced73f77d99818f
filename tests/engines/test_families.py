"""Live logins as those see and end them who look after users."""

from datetime import timedelta

import pytest

from gateword.domain.client import RefreshPolicy
from gateword.domain.token import UserGrant
from gateword.ports.families import Whose
from tests.engines.house import API, CLIENT, NOON, Furnished, House, a_client
from tests.engines.logins import ROTATING, STANDING, begin, exchange, is_alive

SOON = NOON + timedelta(hours=1)
LATER = NOON + timedelta(days=10)


async def test_live_logins_come_by_age_and_page_by_page(house: House, furnished: Furnished) -> None:
    """Revoked, expired and idle ones are none; each is shown once."""
    families = house.stores.families
    await begin(house, furnished, STANDING, audience=None)
    await begin(house, furnished, ROTATING)
    await begin(house, furnished, expires_at=NOON + timedelta(minutes=1))
    await begin(house, furnished, RefreshPolicy(idle_s=60))
    ended = await begin(house, furnished)
    await house.stores.tokens.revoke_refresh(ended, CLIENT, NOON, whole_grant=False)

    first = await families.live(Whose(), SOON, limit=1)
    second = await families.live(Whose(), SOON, after=first[0].key, limit=5)

    assert [None, API] == [family.grant.audience for family in (*first, *second)]
    assert [False, True] == [family.rotating for family in (*first, *second)]
    assert 2 == await families.count(Whose(), SOON)
    assert second == await families.live(Whose(), SOON, start=1, limit=5)
    assert first[0] == await families.get(first[0].key, SOON)


@pytest.mark.parametrize(
    ("whose", "count"),
    [
        (Whose(client_id="other"), 1),
        (Whose(audience=API), 2),
        (Whose(audience=""), 1),
        (Whose(rotating=True), 1),
        (Whose(client_id=CLIENT, audience=API, rotating=False), 1),
        (Whose(user_key=0), 0),
    ],
)
async def test_logins_are_found_and_ended_by_what_they_are_of(
    house: House, furnished: Furnished, whose: Whose, count: int
) -> None:
    """Client, API and kind of token may be asked for, alone and together."""
    await house.stores.clients.put(a_client("other"), NOON)
    await begin(house, furnished, STANDING)
    await begin(house, furnished, ROTATING)
    await begin(house, furnished, STANDING, client_id="other", audience=None)

    assert count == await house.stores.families.count(whose, SOON)
    assert count == await house.stores.families.end(whose, SOON)
    assert 3 - count == await house.stores.families.count(Whose(), SOON)


async def test_idle_end_follows_the_newest_token(house: House, furnished: Furnished) -> None:
    """What is exchanged lives on, whatever the first token's end was."""
    policy = RefreshPolicy(rotating=True, idle_s=3600)
    refresh = await begin(house, furnished, policy)
    await exchange(house, furnished, refresh, policy, after_s=1800)

    [family] = await house.stores.families.live(Whose(), SOON, limit=5)

    assert NOON + timedelta(seconds=5400) == family.idle_expires_at
    assert 0 == await house.stores.families.count(Whose(), LATER)


async def test_ended_login_cannot_be_renewed(house: House, furnished: Furnished) -> None:
    """An end that was asked for is an end."""
    refresh = await begin(house, furnished)
    [family] = await house.stores.families.live(Whose(), NOON, limit=5)

    assert await house.stores.families.end_one(family.key, NOON)

    assert not await is_alive(house, refresh)
    assert not await house.stores.families.end_one(family.key, NOON)
    assert None is await house.stores.families.get(family.key, NOON)


async def test_end_of_a_family_comes_sooner_and_never_later(
    house: House, furnished: Furnished
) -> None:
    """An Action may bring an end forward, whatever it says."""
    refresh = await begin(house, furnished)
    families = house.stores.families
    [family] = await families.live(Whose(), NOON, limit=5)

    assert await families.end_by(family.key, SOON)
    assert not await families.end_by(family.key, LATER)

    assert await is_alive(house, refresh)
    assert None is await families.get(family.key, SOON)


async def test_grants_are_logins_of_one_user_client_and_api(
    house: House, furnished: Furnished
) -> None:
    """Auth0 "Get grants": one grant for all logins, with the scopes of any of them."""
    families = house.stores.families
    await begin(house, furnished, scopes=("a", "b"))
    await begin(house, furnished, scopes=("b", "c"))
    await begin(house, furnished, audience=None, scopes=("openid",))
    first = (await families.live(Whose(), SOON, limit=1))[0]

    grants = await families.grants(Whose(), SOON, start=0, limit=5)

    assert 2 == await families.count_grants(Whose(), SOON)
    assert (
        UserGrant(
            key=first.key,
            user_id=furnished.user.user_id,
            client_id=CLIENT,
            audience=API,
            scopes=("a", "b", "c"),
        )
        == grants[0]
    )
    assert ("openid",) == grants[1].scopes
    assert grants[1:] == await families.grants(Whose(), SOON, start=1, limit=5)


async def test_neighbour_sees_and_ends_nothing(house: House, furnished: Furnished) -> None:
    """Rule R9: families of a tenant are no other tenant's."""
    refresh = await begin(house, furnished)
    other = (await house.neighbour()).stores.families
    [family] = await house.stores.families.live(Whose(), NOON, limit=5)

    assert [] == await other.live(Whose(), NOON, limit=5)
    assert [] == await other.grants(Whose(), NOON, start=0, limit=5)
    assert None is await other.get(family.key, NOON)
    assert not await other.end_one(family.key, NOON)
    assert not await other.end_by(family.key, NOON)
    assert 0 == await other.end(Whose(), NOON)
    assert await is_alive(house, refresh)
