"""What is used once is used once, on each engine: steps, codes, recovery codes, logins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from gateword.domain.mfa import Kind
from gateword.domain.secret import Secret
from gateword.ports.mfa import Spent
from tests.engines.factors import (
    CODE,
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
from tests.engines.house import NOON, Furnished, House, a_handle
from tests.engines.logins import connect_all

AT_ONCE = 50
NEXT = Secret("NEXTNEXTNEXTNEXTNEXTNEXT")

Race = Callable[[House, Furnished, Sequence[Secret]], Awaitable[list[Spent | None]]]


async def steps(house: House, furnished: Furnished, tokens: Sequence[Secret]) -> list[Spent | None]:
    """Show one code of an app under each `mfa_token`."""
    one = an_authenticator(furnished, "a")
    await enrol(house, one)
    user, use = await owner(house, furnished), house.stores.proofs.step
    return await asyncio.gather(*(use(token, user, one.id, STEP, NOON) for token in tokens))


async def challenges(
    house: House, furnished: Furnished, tokens: Sequence[Secret]
) -> list[Spent | None]:
    """Show one `oob_code`."""
    one = an_authenticator(furnished, "a", Kind.EMAIL)
    await enrol(house, one)
    oob_code, user = await ask(house, one), await owner(house, furnished)
    use = house.stores.proofs.challenge
    return await asyncio.gather(*(use(token, user, oob_code, NOON) for token in tokens))


async def recovery_codes(
    house: House, furnished: Furnished, tokens: Sequence[Secret]
) -> list[Spent | None]:
    """Show one recovery code."""
    await enrol(house, an_authenticator(furnished, "a", Kind.RECOVERY_CODE), code=CODE)
    user, use = await owner(house, furnished), house.stores.proofs.recovery_code
    successors = [Secret(f"{NEXT.reveal()}{number}") for number in range(len(tokens))]
    pairs = zip(tokens, successors, strict=True)
    return await asyncio.gather(*(use(token, user, CODE, new, NOON) for token, new in pairs))


RACES: dict[str, Race] = {
    "step": steps,
    "oob_code": challenges,
    "recovery code": recovery_codes,
}


@pytest.mark.parametrize("race", RACES.values(), ids=RACES)
async def test_proof_counts_once_in_one_login(
    house: House, furnished: Furnished, race: Race
) -> None:
    """O3: of fifty that show it at once one goes on, and the login is over for the others."""
    await connect_all(house)
    token = await begin(house, furnished)

    answers = await race(house, furnished, [token] * AT_ONCE)

    assert 1 == answers.count(None)
    assert None is await house.stores.half_logins.find(token)


@pytest.mark.parametrize("race", RACES.values(), ids=RACES)
async def test_proof_counts_once_over_many_logins(
    house: House, furnished: Furnished, race: Race
) -> None:
    """O3: of twenty logins that show it at once one goes on; the others wait on, unharmed."""
    await connect_all(house)
    tokens = [await begin(house, furnished) for _ in range(20)]

    answers = await race(house, furnished, tokens * 2)

    assert 1 == answers.count(None)
    left = [await house.stores.half_logins.find(token) for token in tokens]
    assert 1 == left.count(None)
    assert [1, 39] == [
        answers.count(None),
        answers.count(Spent.PROOF) + answers.count(Spent.SESSION),
    ]
    assert answers.count(Spent.SESSION) <= 1


async def test_mfa_token_is_used_once_by_different_proofs(
    house: House, furnished: Furnished
) -> None:
    """O3: an app's code, a code that was sent and a recovery code at once make one login."""
    await connect_all(house)
    totps = [an_authenticator(furnished, f"{number}") for number in range(10)]
    mail = an_authenticator(furnished, "m", Kind.EMAIL)
    code = an_authenticator(furnished, "c", Kind.RECOVERY_CODE)
    await enrol(house, *totps, mail, code, code=CODE)
    oob_code, token = await ask(house, mail), await begin(house, furnished)
    user, proofs = await owner(house, furnished), house.stores.proofs

    answers = await asyncio.gather(
        *(proofs.step(token, user, one.id, STEP, NOON) for one in totps),
        proofs.challenge(token, user, oob_code, NOON),
        proofs.recovery_code(token, user, CODE, NEXT, NOON),
    )

    assert [1, 11] == [answers.count(None), answers.count(Spent.SESSION)]


async def test_proof_that_came_too_late_for_its_login_is_not_used_up(
    house: House, furnished: Furnished
) -> None:
    """Both or neither: who was right under a dead `mfa_token` may show the same code again."""
    one = an_authenticator(furnished, "a")
    mail = an_authenticator(furnished, "m", Kind.EMAIL)
    code = an_authenticator(furnished, "c", Kind.RECOVERY_CODE)
    await enrol(house, one, mail, code, code=CODE)
    oob_code, user, dead = await ask(house, mail), await owner(house, furnished), a_handle()
    proofs = house.stores.proofs

    async def shown(token: Secret) -> Spent | None:
        return await proofs.challenge(token, user, oob_code, NOON)

    assert Spent.SESSION is await proofs.step(dead, user, one.id, STEP, NOON)
    assert Spent.SESSION is await proofs.recovery_code(dead, user, CODE, NEXT, NOON)
    assert Spent.SESSION is await shown(dead)

    tokens = [await begin(house, furnished) for _ in range(3)]
    assert None is await proofs.step(tokens[0], user, one.id, STEP, NOON)
    assert None is await proofs.recovery_code(tokens[1], user, CODE, NEXT, NOON)
    assert None is await shown(tokens[2])


async def test_steps_are_accepted_in_one_direction(house: House, furnished: Furnished) -> None:
    """mfa-api §10: a later step counts, an earlier one never, however the clock is set."""
    one = an_authenticator(furnished, "a", last_step=STEP)
    await enrol(house, one)
    proofs, user = house.stores.proofs, await owner(house, furnished)

    async def shown(step: int) -> Spent | None:
        return await proofs.step(await begin(house, furnished), user, one.id, step, NOON)

    assert Spent.PROOF is await shown(STEP)
    assert None is await shown(STEP + 2)
    assert [Spent.PROOF] * 2 == [await shown(STEP + 1), await shown(STEP + 2)]
    assert None is await shown(STEP + 3)


async def test_recovery_code_gives_way_to_its_successor_and_lifts_a_suspension(
    house: House, furnished: Furnished
) -> None:
    """G9: failures of all factors are forgiven; the code itself is worth nothing any more."""
    totp = an_authenticator(furnished, "a")
    await enrol(house, totp, an_authenticator(furnished, "c", Kind.RECOVERY_CODE), code=CODE)
    stores, user = house.stores, await owner(house, furnished)
    await stores.authenticators.fail([totp.id] * 3)
    tokens = [await begin(house, furnished) for _ in range(3)]

    wrong = await stores.proofs.recovery_code(tokens[0], user, Secret("OTHER"), NEXT, NOON)
    kept = await stores.authenticators.get(totp.id)
    right = await stores.proofs.recovery_code(tokens[0], user, CODE, NEXT, NOON)
    forgiven = await stores.authenticators.get(totp.id)

    assert [Spent.PROOF, None] == [wrong, right]
    assert [3, 0] == [one.failures for one in (kept, forgiven) if one]
    assert Spent.PROOF is await stores.proofs.recovery_code(tokens[1], user, CODE, NEXT, NOON)
    again = Secret("AGAIN")
    assert None is await stores.proofs.recovery_code(tokens[2], user, NEXT, again, NOON)


async def test_recovery_code_that_waits_for_its_factor_counts_for_nothing(
    house: House, furnished: Furnished
) -> None:
    """mfa-api §5: it becomes active with the factor that it came with."""
    await enrol_with_code(house, furnished, "a", CODE)
    token, user = await begin(house, furnished), await owner(house, furnished)

    assert Spent.PROOF is await house.stores.proofs.recovery_code(token, user, CODE, NEXT, NOON)


CHANGES = ("deleted", "blocked", "new password")


async def change(house: House, furnished: Furnished, what: str) -> None:
    """Let something happen to the user."""
    stores, user = house.stores, furnished.user
    if what == "deleted":
        assert await stores.users.remove(user.user_id)
    elif what == "blocked":
        await stores.users.change(user.user_id, lambda one: replace(one, blocked=True), NOON)
    else:
        identity = await stores.passwords.identity_key(user.key, furnished.connection.key)
        assert identity is not None
        new = Secret("$2")
        assert await stores.passwords.change(user.key, new, NOON, identity_key=identity, keep=1)


@pytest.mark.parametrize("what", CHANGES)
async def test_nothing_counts_for_whom_something_happened_to_since_they_were_looked_at(
    house: House, furnished: Furnished, what: str
) -> None:
    """O6, G8: between the look at a user and the use of a code nobody slips through."""
    totp = an_authenticator(furnished, "a")
    mail = an_authenticator(furnished, "m", Kind.EMAIL)
    code = an_authenticator(furnished, "c", Kind.RECOVERY_CODE)
    await enrol(house, totp, mail, code, code=CODE)
    oob_code, token = await ask(house, mail), await begin(house, furnished)
    seen, proofs = await owner(house, furnished), house.stores.proofs

    await change(house, furnished, what)

    answers = [
        await proofs.step(token, seen, totp.id, STEP, NOON),
        await proofs.step(None, seen, totp.id, STEP, NOON),
        await proofs.challenge(token, seen, oob_code, NOON),
        await proofs.challenge(None, seen, oob_code, NOON),
        await proofs.recovery_code(token, seen, CODE, NEXT, NOON),
    ]
    assert [Spent.SESSION] * 5 == answers


@pytest.mark.parametrize("what", CHANGES)
async def test_login_that_races_with_what_happens_to_its_user_ends_cleanly(
    house: House, furnished: Furnished, what: str
) -> None:
    """Nobody waits for the other for ever: it counts before, or it does not count."""
    await connect_all(house)
    totps = [an_authenticator(furnished, f"{number}") for number in range(8)]
    await enrol(house, *totps)
    tokens = [await begin(house, furnished) for _ in totps]
    seen, proofs = await owner(house, furnished), house.stores.proofs

    *answers, _ = await asyncio.gather(
        *(
            proofs.step(token, seen, one.id, STEP, NOON)
            for token, one in zip(tokens, totps, strict=True)
        ),
        change(house, furnished, what),
    )

    assert set(answers) <= {None, Spent.SESSION}
    after = await proofs.step(tokens[0], seen, totps[0].id, STEP + 1, NOON)
    assert Spent.SESSION is after


async def test_of_two_first_factors_that_are_confirmed_at_once_one_counts(
    house: House, furnished: Furnished
) -> None:
    """Who knows the password alone must not add a factor while the user sets up the first."""
    await connect_all(house)
    apps = [an_enrolment(furnished, f"{number}") for number in range(4)]
    mails = [an_enrolment(furnished, f"m{number}", Kind.SMS) for number in range(4)]
    await enrol(house, *apps, *mails)
    oob_codes = [await ask(house, one) for one in mails]
    tokens = [await begin(house, furnished) for _ in (*apps, *mails)]
    seen, proofs = await owner(house, furnished), house.stores.proofs

    answers = await asyncio.gather(
        *(
            proofs.step(token, seen, one.id, STEP, NOON)
            for token, one in zip(tokens, apps, strict=False)
        ),
        *(
            proofs.challenge(token, seen, oob_code, NOON)
            for token, oob_code in zip(tokens[4:], oob_codes, strict=True)
        ),
    )

    assert [1, 7] == [answers.count(None), answers.count(Spent.PROOF)]
    assert 1 == len(await active(house, furnished))
