import asyncio
from datetime import timedelta

from gateword.domain.client import RefreshPolicy
from gateword.ports.token_stores import Exchanged, NotExchanged
from tests.engines.house import CLIENT, NOON, Furnished, House, a_handle
from tests.engines.logins import LENIENT, ROTATING, STANDING, begin, connect_all, exchange, is_alive


async def test_exchange_when_rotating_makes_the_successor_the_token(
    house: House, furnished: Furnished
) -> None:
    """The successor belongs to the same family, one generation on, with the same absolute end."""
    end = NOON + timedelta(days=30)
    refresh, successor = await begin(house, furnished, expires_at=end), a_handle()

    answer = await exchange(house, furnished, refresh, successor=successor)
    stored = await house.stores.tokens.find_refresh(successor)

    assert Exchanged(rotated=True) == answer
    assert stored is not None
    assert (2, 2, end) == (stored.counter, stored.latest_counter, stored.grant.expires_at)


async def test_exchange_when_reused_retires_the_family(house: House, furnished: Furnished) -> None:
    """The second use of one token ends every token born from it (RFC 9700 §4.14.2)."""
    refresh, successor, born = await begin(house, furnished), a_handle(), a_handle()
    await begin(house, furnished, access=born)
    await exchange(house, furnished, refresh, successor=successor)

    reused = await exchange(house, furnished, refresh)
    after = await exchange(house, furnished, successor)
    unrelated = await house.stores.tokens.find_access(born)

    assert isinstance(reused, NotExchanged)
    assert "reused" == reused.reason
    assert (1, 2) == (reused.details["tokenCounter"], reused.details["latestCounter"])
    assert isinstance(after, NotExchanged)
    assert "revoked" == after.reason
    assert unrelated is not None
    assert not unrelated.revoked


async def test_exchange_when_an_older_generation_is_replayed_within_one_second_is_reuse(
    house: House, furnished: Furnished
) -> None:
    """Promise O1: order comes from counters; five rotations in one second keep it."""
    tokens = [await begin(house, furnished, LENIENT)]
    for _ in range(5):
        tokens.append(a_handle())
        await exchange(house, furnished, tokens[-2], LENIENT, successor=tokens[-1], after_s=0.5)

    answer = await exchange(house, furnished, tokens[2], LENIENT, after_s=0.6)

    assert isinstance(answer, NotExchanged)
    assert ("reused", 6) == (answer.reason, answer.details["latestCounter"])


async def test_exchange_within_leeway_founds_a_live_sibling(
    house: House, furnished: Furnished
) -> None:
    """A client that lost the answer may ask again for a moment, and both answers are good."""
    refresh, first, second = await begin(house, furnished, LENIENT), a_handle(), a_handle()
    await exchange(house, furnished, refresh, LENIENT, successor=first)

    again = await exchange(house, furnished, refresh, LENIENT, successor=second, after_s=30)
    of_second = await exchange(house, furnished, second, LENIENT, after_s=31)
    of_first = await exchange(house, furnished, first, LENIENT, after_s=32)

    assert [Exchanged(rotated=True)] * 3 == [again, of_second, of_first]


async def test_exchange_by_another_client_harms_nothing(house: House, furnished: Furnished) -> None:
    """Promise O4: a token of somebody else is refused and stays good for its owner."""
    refresh = await begin(house, furnished)

    foreign = await exchange(house, furnished, refresh, client_id="thief")
    own = await exchange(house, furnished, refresh)

    assert isinstance(foreign, NotExchanged)
    assert "other_client" == foreign.reason
    assert Exchanged(rotated=True) == own


async def test_exchange_when_not_rotating_keeps_the_token_and_restarts_its_idle_time(
    house: House, furnished: Furnished
) -> None:
    """The idle end follows the client's present setting, from the time of use on."""
    refresh = await begin(house, furnished, RefreshPolicy(idle_s=100))

    first = await exchange(house, furnished, refresh, RefreshPolicy(idle_s=500), after_s=99)
    second = await exchange(house, furnished, refresh, RefreshPolicy(idle_s=500), after_s=598)
    late = await exchange(house, furnished, refresh, RefreshPolicy(idle_s=500), after_s=1098)

    assert [Exchanged(rotated=False)] * 2 == [first, second]
    assert isinstance(late, NotExchanged)
    assert "expired_idle" == late.reason


async def test_exchange_when_rotation_was_switched_on_ends_the_standing_ones(
    house: House, furnished: Furnished
) -> None:
    """Auth0: the first exchange rotates and deletes the old ones of user, client and API."""
    refresh = await begin(house, furnished, STANDING)
    same_api = await begin(house, furnished, STANDING)
    other_api = await begin(house, furnished, STANDING, audience=None)
    rotating = await begin(house, furnished, ROTATING)
    successor = a_handle()

    switched = await exchange(house, furnished, refresh, successor=successor)

    assert Exchanged(rotated=True) == switched
    assert await is_alive(house, successor)
    assert [False, True, True] == [
        await is_alive(house, token) for token in (same_api, other_api, rotating)
    ]


async def test_exchange_when_rotation_was_switched_off_begins_a_standing_family(
    house: House, furnished: Furnished
) -> None:
    """Auth0: the exchange answers a token that does not rotate and revokes the family."""
    end = NOON + timedelta(days=3)
    refresh, successor = await begin(house, furnished, expires_at=end), a_handle()

    switched = await exchange(house, furnished, refresh, STANDING, successor=successor)
    stored = await house.stores.tokens.find_refresh(successor)

    assert Exchanged(rotated=True) == switched
    assert stored is not None
    assert (False, 1, end) == (stored.rotating, stored.counter, stored.grant.expires_at)
    assert not await is_alive(house, refresh)


async def test_exchange_when_thirty_two_race_has_one_winner(
    house: House, furnished: Furnished
) -> None:
    """Promise O1: one compare-and-set; the losers retire the family."""
    await connect_all(house)
    for _ in range(5):
        refresh = await begin(house, furnished)
        successors = [a_handle() for _ in range(32)]

        answers = await asyncio.gather(
            *(exchange(house, furnished, refresh, successor=token) for token in successors)
        )

        assert 1 == sum(isinstance(answer, Exchanged) for answer in answers)
        assert not any([await is_alive(house, token) for token in successors])


async def test_revoke_when_racing_with_rotation_leaves_nothing_alive(
    house: House, furnished: Furnished
) -> None:
    """Promise O2: after revocation was answered, nothing of the family works."""
    await connect_all(house)
    for _ in range(20):
        refresh, successor = await begin(house, furnished), a_handle()

        await asyncio.gather(
            exchange(house, furnished, refresh, successor=successor),
            house.stores.tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=False),
        )

        assert not await is_alive(house, refresh)
        assert not await is_alive(house, successor)
