"""Enrolments, on each engine: bounded, over in time, confirmed with what belongs together."""

import asyncio

import pytest

from gateword.domain.mfa import Kind
from gateword.domain.secret import Secret
from tests.engines.factors import (
    CODE,
    LATER,
    MOST,
    SOON,
    STEP,
    active,
    an_authenticator,
    an_enrolment,
    ask,
    begin,
    enrol,
    enrol_with_code,
    owner,
)
from tests.engines.house import NOON, Furnished, House
from tests.engines.logins import connect_all


async def test_enrolment_that_was_not_confirmed_in_time_is_none(
    house: House, furnished: Furnished
) -> None:
    """Nobody proves, confirms or counts it after ten minutes, cleared away or not."""
    one = an_enrolment(furnished, "a")
    stores = house.stores
    await enrol(house, one)
    token = await begin(house, furnished, expires_at=LATER)

    assert [] == list(await stores.authenticators.of_user(furnished.user.key, SOON))
    assert None is not await stores.proofs.step(token, furnished.user, one.id, STEP, SOON)
    others = [an_authenticator(furnished, f"{n}", created_at=SOON) for n in range(MOST)]
    assert await stores.authenticators.add(others, MOST)
    assert 1 == await stores.authenticators.purge(LATER)
    assert MOST == len(await stores.authenticators.of_user(furnished.user.key, NOON))


async def test_parallel_enrolments_are_no_more_than_one_may_have(
    house: House, furnished: Furnished
) -> None:
    """Of fifty that begin at once as many are kept as there is room for."""
    await connect_all(house)
    made = [an_enrolment(furnished, f"{number}") for number in range(50)]
    stores = house.stores.authenticators

    added = await asyncio.gather(*(stores.add([one], MOST) for one in made))

    assert MOST == sum(added)
    assert MOST == len(await stores.of_user(furnished.user.key, NOON))


async def test_enrolment_of_two_that_has_room_for_one_adds_none(
    house: House, furnished: Furnished
) -> None:
    """A push device never comes without its codes."""
    await enrol(house, *(an_enrolment(furnished, f"{number}") for number in range(MOST - 1)))
    pair = [an_enrolment(furnished, "p", kind, group="p") for kind in (Kind.PUSH, Kind.TOTP)]

    assert not await house.stores.authenticators.add(pair, MOST)
    assert None is await house.stores.authenticators.get(pair[0].id)


async def test_enrolment_of_a_deleted_user_is_refused(house: House, furnished: Furnished) -> None:
    """Whoever is deleted meanwhile gets nothing new."""
    assert await house.stores.users.remove(furnished.user.user_id)

    assert not await house.stores.authenticators.add([an_enrolment(furnished, "a")], MOST)


async def test_pair_is_confirmed_and_deleted_together(house: House, furnished: Furnished) -> None:
    """mfa-api §4: a push device and its codes live and die together, and what they were asked."""
    push, totp = (
        an_enrolment(furnished, "p", kind, group="pair") for kind in (Kind.PUSH, Kind.TOTP)
    )
    other = an_authenticator(furnished, "other")
    await enrol(house, push, totp, other)
    stores = house.stores

    user, answered = await owner(house, furnished), await ask(house, push)
    assert None is await stores.proofs.challenge(None, user, answered, NOON)
    assert {push.id, totp.id, other.id} == set(await active(house, furnished))
    assert ("push", "totp") == (await owner(house, furnished)).factors
    question = await ask(house, push)

    assert 2 == await stores.authenticators.remove(furnished.user.key, [totp.id])
    assert [other.id] == await active(house, furnished)
    assert ("totp",) == (await owner(house, furnished)).factors
    assert None is await stores.challenges.find(question, NOON)


async def test_recovery_code_of_an_enrolment_that_came_to_nothing_never_counts(
    house: House, furnished: Furnished
) -> None:
    """Who began an enrolment with the password alone must not hold a way in after the real one."""
    stores = house.stores
    await enrol_with_code(house, furnished, "thief", CODE)
    owned = Secret("OWNED")
    mine = await enrol_with_code(house, furnished, "mine", owned)
    first = await begin(house, furnished)
    assert None is await stores.proofs.step(first, furnished.user, mine, STEP, NOON)

    user, token = await owner(house, furnished), await begin(house, furnished)
    thief = await stores.proofs.recovery_code(token, user, CODE, Secret("NEXT"), NOON)
    right = await stores.proofs.recovery_code(token, user, owned, Secret("NEXT"), NOON)

    assert None is not thief
    assert None is right
    assert 1 == sum("recovery-code" in one for one in await active(house, furnished))


@pytest.mark.parametrize("proved", [Kind.PUSH, Kind.TOTP])
async def test_recovery_code_counts_whichever_of_a_pair_was_proved(
    house: House, furnished: Furnished, proved: Kind
) -> None:
    """A push device brings codes along; either of both confirms what came with them."""
    pair = {
        kind: an_enrolment(furnished, "p", kind, group="pair") for kind in (Kind.PUSH, Kind.TOTP)
    }
    code = an_enrolment(furnished, "p", Kind.RECOVERY_CODE, group=pair[Kind.PUSH].id)
    await enrol(house, *pair.values(), code, code=CODE)

    one, proofs = pair[proved], house.stores.proofs
    if proved is Kind.TOTP:
        assert None is await proofs.step(None, furnished.user, one.id, STEP, NOON)
    else:
        question = await ask(house, one)
        assert None is await proofs.challenge(None, furnished.user, question, NOON)

    assert 3 == len(await active(house, furnished))
