"""What users have enrolled, on each engine: kept sealed, bounded, and told to the user's row."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.crypto.vault import AesVault
from gateword.domain.mfa import Kind
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.storage.open import open_stores
from tests.engines.factors import (
    CODE,
    LATER,
    MOST,
    SEED,
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
    raw,
)
from tests.engines.house import NOON, CountingDice, Furnished, House
from tests.engines.logins import connect_all

ANN_PHONE = "+4915112345678"


async def test_authenticators_come_back_as_they_were_put(
    house: House, furnished: Furnished
) -> None:
    """Oldest first, each with what it needs to be shown."""
    first = an_authenticator(furnished, "a", seed=SEED, name="Phone", last_step=STEP)
    second = an_enrolment(
        furnished, "b", Kind.SMS, target=ANN_PHONE, created_at=NOON + timedelta(seconds=1)
    )

    await enrol(house, second, first)

    stores = house.stores.authenticators
    found = await stores.of_user(furnished.user.key, NOON)
    assert [first, second] == list(found)
    assert first == await stores.get(first.id)
    assert None is await stores.get("totp|dev_0000000000000000")


async def test_nothing_that_could_log_somebody_in_is_readable_in_the_database(
    house: House, furnished: Furnished
) -> None:
    """K5: seeds are sealed; of recovery codes, mfa_tokens and oob_codes only digests are kept."""
    vault = AesVault(bytes(32))
    stores = open_stores(house.database, house.tenant.key, vault, house.clock, CountingDice())
    house = replace(house, stores=stores)
    totp = an_authenticator(furnished, "a", seed=SEED)
    code = an_authenticator(furnished, "b", Kind.RECOVERY_CODE)
    await enrol(house, totp, code, code=CODE)
    token = await begin(house, furnished, refresh_token="v1.canary", params={"scope": "canary"})
    oob_code = await ask(house, totp)

    tables = ("authenticators", "half_logins", "challenges")
    written = "\n".join([await raw(house, table) for table in tables])

    assert totp.id in written
    secrets = [SEED, CODE, token, oob_code]
    assert [] == [one for one in secrets if one.reveal() in written]
    assert "canary" not in written
    assert furnished.user.user_id not in written
    kept = await stores.authenticators.get(totp.id)
    assert kept is not None
    assert SEED == kept.seed


async def test_seed_of_one_authenticator_does_not_open_as_that_of_another(
    house: House, furnished: Furnished
) -> None:
    """K5: a row that stands in for another, as a copied one does, opens nothing."""
    await enrol(house, an_authenticator(furnished, "a", seed=SEED))

    assert f"authenticators/{an_authenticator(furnished, 'a').id}:" in await raw(
        house, "authenticators"
    )


async def test_enrolment_that_was_not_confirmed_in_time_is_none(
    house: House, furnished: Furnished
) -> None:
    """Nobody proves, confirms or counts it after ten minutes, cleared away or not."""
    one = an_enrolment(furnished, "a")
    stores = house.stores
    await enrol(house, one)
    token = await begin(house, furnished, expires_at=LATER)

    assert [] == list(await stores.authenticators.of_user(furnished.user.key, SOON))
    assert not await stores.authenticators.confirm(one.id, SOON)
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
    question = await ask(house, push)

    assert await stores.authenticators.confirm(push.id, NOON, Secret("PEM"))
    device = await stores.authenticators.get(push.id)
    assert {push.id, totp.id, other.id} == set(await active(house, furnished))
    assert ("push", "totp") == (await owner(house, furnished)).factors
    assert device is not None
    assert Secret("PEM") == device.seed
    assert not await stores.authenticators.confirm(push.id, NOON)

    assert 2 == await stores.authenticators.remove(furnished.user.key, [totp.id])
    assert [other.id] == await active(house, furnished)
    assert ("totp",) == (await owner(house, furnished)).factors
    assert None is await stores.challenges.find(question, NOON)


async def test_user_is_told_what_is_confirmed_on_every_path(
    house: House, furnished: Furnished
) -> None:
    """The row of a user names the kinds that are confirmed: logins ask for no more."""
    stores = house.stores

    async def factors() -> str:
        return " ".join((await owner(house, furnished)).factors)

    seen = [await factors()]
    totp = await enrol_with_code(house, furnished, "a", CODE)
    seen.append(await factors())
    assert None is await stores.proofs.step(
        await begin(house, furnished), furnished.user, totp, STEP, NOON
    )
    seen.append(await factors())
    sms = an_enrolment(furnished, "s", Kind.SMS, target=ANN_PHONE)
    await enrol(house, sms)
    oob_code = await ask(house, sms)
    assert None is await stores.proofs.challenge(
        None, await owner(house, furnished), oob_code, NOON
    )
    seen.append(await factors())
    new = an_authenticator(furnished, "new", Kind.RECOVERY_CODE)
    await stores.authenticators.replace_recovery_code(new, Secret("OTHER"))
    seen.append(await factors())
    await stores.authenticators.remove(furnished.user.key, [totp, sms.id])
    seen.append(await factors())
    await stores.authenticators.remove(furnished.user.key, [new.id])
    seen.append(await factors())

    assert [
        "",
        "",
        "recovery-code totp",
        "recovery-code sms totp",
        "recovery-code sms totp",
        "recovery-code",
        "",
    ] == seen


async def test_deleted_user_takes_all_second_factors_along(
    house: House, furnished: Furnished
) -> None:
    """D9: no row of a deleted user is left."""
    one = an_authenticator(furnished, "a", seed=SEED)
    await enrol(house, one)
    await begin(house, furnished)
    await ask(house, one)

    assert await house.stores.users.remove(furnished.user.user_id)

    tables = ("authenticators", "half_logins", "challenges")
    assert [""] * 3 == [await raw(house, table) for table in tables]


async def test_linked_account_loses_its_factors_and_the_main_user_keeps_theirs(
    house: House, furnished: Furnished
) -> None:
    """Auth0 "User Account Linking": what is not the identity's is the main user's alone."""
    stores = house.stores
    other = await stores.users.add(
        NewUser(connection="Employees", email="two@example.test"), furnished.connection, NOON
    )
    assert other is not None
    await enrol(house, an_authenticator(furnished, "a"))
    theirs = an_authenticator(replace(furnished, user=other), "b", Kind.SMS, target=ANN_PHONE)
    await enrol(house, theirs)
    token = await begin(house, replace(furnished, user=other))

    main_id, linked = furnished.user.user_id, other.identities[0]
    await stores.users.link(main_id, other.user_id, lambda _: {}, NOON)

    assert ("totp",) == (await owner(house, furnished)).factors
    assert None is await stores.authenticators.get(theirs.id)
    assert None is await stores.half_logins.find(token)

    def alone(_: object) -> NewUser:
        return NewUser(connection="Employees", email="two@example.test")

    await stores.users.unlink(main_id, linked.provider, linked.local_id, alone, NOON)
    again = await stores.users.by_id(other.user_id)
    assert again is not None
    assert () == again.factors
    assert ("totp",) == (await owner(house, furnished)).factors


async def test_wrong_codes_count_until_a_right_one(house: House, furnished: Furnished) -> None:
    """G9: failures in a row are an authenticator's; parallel ones are counted one by one."""
    await connect_all(house)
    one, other = an_authenticator(furnished, "a"), an_authenticator(furnished, "b")
    await enrol(house, one, other)
    stores = house.stores

    async def failures() -> list[int]:
        found = await stores.authenticators.of_user(furnished.user.key, NOON)
        return [each.failures for each in found]

    ids = [one.id, other.id]
    await asyncio.gather(*(stores.authenticators.fail(ids[:: 1 - 2 * (n % 2)]) for n in range(30)))
    assert [30, 30] == await failures()
    token = await begin(house, furnished)
    assert None is await stores.proofs.step(token, furnished.user, one.id, STEP, NOON)
    assert [0, 30] == await failures()


async def test_name_of_an_authenticator_can_be_changed(house: House, furnished: Furnished) -> None:
    """A name is told from no name, and one that is gone from one that is there."""
    one = an_authenticator(furnished, "a")
    await enrol(house, one)

    assert await house.stores.authenticators.rename(one.id, "Work phone")
    assert not await house.stores.authenticators.rename("totp|dev_gone", "x")
    assert replace(one, name="Work phone") == await house.stores.authenticators.get(one.id)


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

    assert await house.stores.authenticators.confirm(pair[proved].id, NOON)

    assert 3 == len(await active(house, furnished))


async def test_neighbour_reaches_no_second_factor(house: House, furnished: Furnished) -> None:
    """Rule R9: authenticators, waiting logins and codes of a tenant are no other tenant's."""
    one = an_authenticator(furnished, "a", seed=SEED)
    code = an_authenticator(furnished, "b", Kind.RECOVERY_CODE)
    waiting = an_enrolment(furnished, "c")
    await enrol(house, one, code, waiting, code=CODE)
    token, oob_code = await begin(house, furnished), await ask(house, one)
    other, key, user = (await house.neighbour()).stores, furnished.user.key, furnished.user

    answers = [
        await other.authenticators.of_user(key, NOON),
        await other.authenticators.get(one.id),
        await other.authenticators.add([an_enrolment(furnished, "d")], MOST),
        await other.authenticators.rename(one.id, "x"),
        await other.authenticators.remove(key, [one.id]),
        await other.authenticators.confirm(waiting.id, NOON),
        await other.half_logins.find(token),
        await other.challenges.find(oob_code, NOON),
        await other.challenges.waiting(one.id, NOON),
        await other.authenticators.purge(LATER),
        await other.half_logins.purge(LATER),
    ]
    await other.authenticators.fail([one.id])
    await other.half_logins.fail(token, 1)
    await other.half_logins.end_of_user(key)
    proofs = [
        await other.proofs.step(token, user, one.id, STEP, NOON),
        await other.proofs.challenge(token, user, oob_code, NOON),
        await other.proofs.recovery_code(token, user, CODE, Secret("x"), NOON),
    ]

    assert not any(answers)
    assert None not in proofs
    assert one == await house.stores.authenticators.get(one.id)
    assert None is not await house.stores.half_logins.find(token)
    assert None is not await house.stores.challenges.find(oob_code, NOON)
