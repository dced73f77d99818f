"""Logins that wait and codes under way, on each engine."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from gateword.domain.client import RefreshPolicy
from gateword.domain.mfa import Kind
from gateword.ports.families import Whose
from gateword.ports.mfa import Spent
from tests.engines.factors import (
    LATER,
    SOON,
    STEP,
    an_authenticator,
    ask,
    begin,
    enrol,
    owner,
)
from tests.engines.house import NOON, Furnished, House, a_handle
from tests.engines.logins import connect_all


async def test_waiting_login_ends_with_the_last_wrong_code(
    house: House, furnished: Furnished
) -> None:
    """G9: parallel wrong codes are counted one by one, and only against their own login."""
    await connect_all(house)
    token, other = await begin(house, furnished), await begin(house, furnished)
    stores = house.stores.half_logins

    await asyncio.gather(*(stores.fail(token, 5) for _ in range(4)))
    assert None is not await stores.find(token)
    await asyncio.gather(*(stores.fail(token, 5) for _ in range(8)))

    assert None is await stores.find(token)
    assert None is not await stores.find(other)


async def test_waiting_login_is_told_from_none_until_an_hour_after_its_time(
    house: House, furnished: Furnished
) -> None:
    """mfa-api §8: too old is another answer than never heard of; in neither case it goes on."""
    one = an_authenticator(furnished, "a")
    await enrol(house, one)
    token, user = await begin(house, furnished), await owner(house, furnished)
    stores = house.stores

    assert Spent.SESSION is await stores.proofs.step(token, user, one.id, STEP, SOON)
    assert None is not await stores.half_logins.find(token)
    assert 0 == await stores.half_logins.purge(SOON)
    assert 1 == await stores.half_logins.purge(LATER)
    assert None is await stores.half_logins.find(token)


async def test_new_code_ends_the_one_before(house: House, furnished: Furnished) -> None:
    """mfa-api §6: of many that are sent at once the last counts, and no other."""
    await connect_all(house)
    one, other = (an_authenticator(furnished, name, Kind.SMS) for name in "ab")
    await enrol(house, one, other)
    apart = await ask(house, other)

    sent = await asyncio.gather(*(ask(house, one) for _ in range(20)))

    found = [await house.stores.challenges.find(handle, NOON) for handle in sent]
    assert 1 == sum(each is not None for each in found)
    assert None is not await house.stores.challenges.find(apart, NOON)


async def test_new_code_and_the_proof_of_the_old_one_do_not_block_each_other(
    house: House, furnished: Furnished
) -> None:
    """A user who asks again while typing gets an answer to both."""
    await connect_all(house)
    one = an_authenticator(furnished, "a", Kind.SMS)
    await enrol(house, one)
    user, proofs = await owner(house, furnished), house.stores.proofs
    for _ in range(5):
        oob_code, token = await ask(house, one), await begin(house, furnished)
        answers = await asyncio.gather(
            proofs.challenge(token, user, oob_code, NOON),
            *(ask(house, one) for _ in range(4)),
            house.stores.authenticators.fail([one.id]),
        )
        assert answers[0] in {None, Spent.PROOF}


async def test_code_that_was_sent_counts_for_five_minutes(
    house: House, furnished: Furnished
) -> None:
    """D-ropg: one use within the time, none after."""
    one = an_authenticator(furnished, "a", Kind.SMS)
    await enrol(house, one)
    oob_code, token = await ask(house, one), await begin(house, furnished)
    user, stores = await owner(house, furnished), house.stores
    late = NOON + timedelta(minutes=5)

    assert None is not await stores.challenges.find(oob_code, late - timedelta(seconds=1))
    assert None is await stores.challenges.find(oob_code, late)
    assert Spent.PROOF is await stores.proofs.challenge(token, user, oob_code, late)
    assert None is await stores.proofs.challenge(token, user, oob_code, NOON)
    assert None is await stores.challenges.find(oob_code, NOON)


async def test_family_remembers_when_a_factor_was_shown(house: House, furnished: Furnished) -> None:
    """What refreshes ask for may depend on it."""
    stores = house.stores
    first, second = a_handle(), a_handle()
    grant = furnished.grant()
    await stores.tokens.begin_family(grant, first, RefreshPolicy(), furnished.access())
    shown = replace(grant, mfa_at=NOON)
    await stores.tokens.begin_family(shown, second, RefreshPolicy(), furnished.access())
    ages = []
    for token in (first, second):
        found = await stores.tokens.find_refresh(token)
        assert found is not None
        ages.append(found.grant.mfa_at)
    family = (await stores.families.live(Whose(), NOON, limit=1))[0]
    await stores.families.note_factor(family.key, SOON)
    found = await stores.tokens.find_refresh(first)
    assert found is not None

    assert [None, NOON, SOON] == [*ages, found.grant.mfa_at]


async def test_login_that_waits_is_not_counted(house: House, furnished: Furnished) -> None:
    """mfa-api §12: it counts when it is whole, and what was before shows until then."""
    key = furnished.user.key
    stores = house.stores
    await house.log_in(key, "192.0.2.1", NOON)
    await house.log_in(key, "192.0.2.9", SOON)
    await stores.logins.uncount(key, SOON, (NOON, "192.0.2.1"))
    waits = await owner(house, furnished)
    whole = await stores.logins.count(key, "192.0.2.7", LATER)

    assert (1, NOON, "192.0.2.1") == (waits.logins_count, waits.last_login, waits.last_ip)
    assert whole is not None
    assert (2, LATER, "192.0.2.7") == (whole.logins_count, whole.last_login, whole.last_ip)
    assert whole == await owner(house, furnished)
