"""What is used once is used once, on each engine: steps, codes, recovery codes, waiting logins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.client import RefreshPolicy
from gateword.domain.mfa import Kind, Verdict
from gateword.domain.secret import Secret
from gateword.ports.families import Whose
from gateword.ports.mfa import Spent
from tests.engines.factors import (
    CODE,
    LATER,
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


async def test_all_waiting_logins_and_codes_of_a_user_end_together(
    house: House, furnished: Furnished
) -> None:
    """Ended is ended, also while somebody shows a code."""
    await connect_all(house)
    one = an_authenticator(furnished, "a", Kind.EMAIL)
    await enrol(house, one)
    tokens = [await begin(house, furnished) for _ in range(4)]
    oob_code, user, stores = await ask(house, one), await owner(house, furnished), house.stores

    await asyncio.gather(
        *(stores.proofs.challenge(token, user, oob_code, NOON) for token in tokens),
        *(stores.half_logins.end_of_user(user.key) for _ in range(3)),
    )

    assert ["", ""] == [await raw(house, table) for table in ("half_logins", "challenges")]


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


async def test_device_answers_a_question_once_and_in_time(
    house: House, furnished: Furnished
) -> None:
    """A push that was denied is not approved afterwards, nor the other way round."""
    await connect_all(house)
    one = an_authenticator(furnished, "p", Kind.PUSH)
    await enrol(house, one)
    stores, late = house.stores.challenges, NOON + timedelta(minutes=5)
    oob_code = await ask(house, one, code="", details={"ip": "192.0.2.1"})

    waiting = await stores.waiting(one.id, NOON)
    assert waiting is not None
    assert {"ip": "192.0.2.1"} == waiting.details
    assert not await stores.answer(one.id, Verdict.APPROVED, late)
    said = await asyncio.gather(
        *(stores.answer(one.id, v, NOON) for v in (Verdict.APPROVED, Verdict.DENIED) for _ in "12")
    )
    assert 1 == sum(said)
    kept = await stores.find(oob_code, NOON)
    assert kept is not None
    assert kept.verdict is not Verdict.PENDING
    assert None is await stores.waiting(one.id, NOON)


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
