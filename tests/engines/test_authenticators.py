"""What users have enrolled, on each engine: kept sealed, bounded, and told to the user's row."""

import asyncio
from dataclasses import replace
from datetime import timedelta

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
    STEP,
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

    named, gone = replace(one, name="Work phone"), replace(one, id="totp|dev_gone", name="x")

    assert 1 == await house.stores.authenticators.describe([named, gone])
    assert named == await house.stores.authenticators.get(one.id)


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
        await other.authenticators.describe([replace(one, name="x")]),
        await other.authenticators.remove(key, [one.id]),
        await other.half_logins.find(token),
        await other.challenges.find(oob_code, NOON),
        await other.challenges.waiting(one.id, NOON),
        await other.authenticators.purge(LATER),
        await other.half_logins.purge(LATER),
    ]
    await other.authenticators.fail([one.id])
    await other.half_logins.fail(token, 1)
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
