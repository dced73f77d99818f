"""Tries at a secret: what is counted, what it shuts, and what opens it again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.ports.attempts import (
    EVERYWHERE,
    Blocked,
    Busy,
    Crowd,
    Lease,
    Outcome,
    Settled,
)
from tests.engines.guesses import (
    ELSEWHERE,
    HERE,
    LIMIT,
    SHIELD,
    Guesser,
    a_guess,
    bounded,
    capped,
    rows,
)
from tests.engines.house import NOON, House

MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
MONTH_S = 30 * 24 * 3600


@pytest.fixture
def guesser(house: House) -> Guesser:
    """Somebody who asks the store of a new tenant."""
    return Guesser(house.stores.attempts)


async def test_limit_is_reached_once_and_then_nothing_is_let_in(guesser: Guesser) -> None:
    """The failure that reaches the number tells of it; the next try is refused for a month."""
    settled = await guesser.fails(a_guess(), times=LIMIT)

    assert [(), (), (SHIELD,)] == [one.reached for one in settled]
    assert Blocked(shield=SHIELD, retry_after_s=MONTH_S) == await guesser.asks(a_guess())


async def test_limit_is_reached_once_when_tries_fail_together(guesser: Guesser) -> None:
    """However their ends meet, one of them tells of the block, and one letter is due."""
    leases = [await guesser.is_let_in(a_guess()) for _ in range(LIMIT)]
    ended = (guesser.attempts.settle(one, Outcome.WRONG, NOON) for one in leases)
    settled = await asyncio.gather(*ended)

    assert [(SHIELD,)] == [one.reached for one in settled if one.reached]
    assert 1 == sum(one.mails for one in settled)


async def test_tries_under_way_hold_their_slots(guesser: Guesser) -> None:
    """No more are under way than may fail; the next is asked to wait, and is let in after one."""
    leases = [await guesser.is_let_in(a_guess()) for _ in range(LIMIT)]
    waits = await guesser.asks(a_guess())
    await guesser.attempts.settle(leases[0], Outcome.RIGHT, NOON)

    assert Busy() == waits
    assert isinstance(await guesser.asks(a_guess()), Lease)


@pytest.mark.parametrize("outcome", [Outcome.WRONG, Outcome.UNKNOWN])
async def test_failure_counts_whoever_it_was(guesser: Guesser, outcome: Outcome) -> None:
    """A name that nobody has is counted, and shut, like any other."""
    for _ in range(LIMIT):
        await guesser.ends(a_guess(), outcome)

    assert {HERE: LIMIT} == await guesser.counts()
    assert MONTH_S == (await guesser.is_refused(a_guess())).retry_after_s


async def test_try_without_a_verdict_counts_nothing(guesser: Guesser) -> None:
    """A password that nobody looked at is no guess."""
    for _ in range(LIMIT + 1):
        assert Settled() == await guesser.ends(a_guess(), Outcome.VOID)

    assert {} == await guesser.counts()


async def test_try_that_nothing_counts_is_written_nowhere(house: House, guesser: Guesser) -> None:
    """Where protection is off a try costs no row."""
    lease = await guesser.is_let_in(a_guess(tries=()))
    settled = await guesser.attempts.settle(lease, Outcome.WRONG, NOON)

    assert Settled() == settled
    assert [0, 0] == [await rows(house, table) for table in ("leases", "failures")]


async def test_success_begins_the_count_anew(guesser: Guesser) -> None:
    """Failures count in a row."""
    await guesser.fails(a_guess(), times=LIMIT - 1)
    await guesser.ends(a_guess(), Outcome.RIGHT)
    await guesser.fails(a_guess(), times=LIMIT - 1)

    assert {HERE: LIMIT - 1} == await guesser.counts()


async def test_success_elsewhere_opens_nothing_here(guesser: Guesser) -> None:
    """G3: a success resets only its own key."""
    await guesser.fails(a_guess(), times=LIMIT)
    await guesser.ends(a_guess(ELSEWHERE), Outcome.RIGHT)

    assert SHIELD == (await guesser.is_refused(a_guess())).shield


async def test_success_that_comes_after_the_block_leaves_it(guesser: Guesser) -> None:
    """G3: whoever was under way when the others shut the door does not open it."""
    await guesser.fails(a_guess(), times=LIMIT - 1)
    raised = a_guess(tries=(bounded(limit=LIMIT + 1),))
    right, wrong = await guesser.is_let_in(raised), await guesser.is_let_in(raised)
    await guesser.attempts.settle(wrong, Outcome.WRONG, NOON)
    await guesser.attempts.settle(replace(right, entry=a_guess()), Outcome.RIGHT, NOON)

    assert SHIELD == (await guesser.is_refused(a_guess())).shield


async def test_block_ends_a_month_after_the_last_failure(guesser: Guesser) -> None:
    """Tries that are refused do not put it off; clients are told when it ends."""
    await guesser.fails(a_guess(), times=LIMIT)
    waits = []
    for passed in (
        timedelta(hours=1),
        MONTH - timedelta(days=1),
        MONTH - timedelta(minutes=1),
        MONTH - SECOND,
    ):
        guesser.at = NOON + passed
        waits.append((await guesser.is_refused(a_guess())).retry_after_s)
    guesser.at = NOON + MONTH

    assert [MONTH_S - 3600, 86_400, 60, 1] == waits
    await guesser.fails(a_guess())
    assert {HERE: 1} == await guesser.counts()


async def test_clock_that_is_set_back_opens_nothing(guesser: Guesser) -> None:
    """D5: an hour earlier the block holds; and a failure then ends it no earlier."""
    await guesser.fails(a_guess(), times=LIMIT - 1)
    guesser.at = NOON - timedelta(hours=1)
    await guesser.fails(a_guess())
    waits = [(await guesser.is_refused(a_guess())).retry_after_s]
    guesser.at = NOON + MONTH - SECOND
    waits.append((await guesser.is_refused(a_guess())).retry_after_s)

    assert [MONTH_S, 1] == waits


async def test_raised_limit_opens_at_once(guesser: Guesser) -> None:
    """A block is a count held against today's number."""
    await guesser.fails(a_guess(), times=LIMIT)

    await guesser.fails(a_guess(tries=(bounded(limit=LIMIT + 1),)))
    assert isinstance(await guesser.asks(a_guess(tries=(bounded(limit=LIMIT + 1),))), Blocked)


async def test_waits_grow_where_they_do(guesser: Guesser) -> None:
    """In the back-off style a try is let in after a minute, two, four, and alone."""
    entry = a_guess(tries=(bounded(backs_off=True),))
    await guesser.fails(entry, times=LIMIT)
    waits = []
    for _ in range(8):
        wait_s = (await guesser.is_refused(entry)).retry_after_s
        waits.append(wait_s)
        guesser.at += timedelta(seconds=wait_s)
        lease = await guesser.is_let_in(entry)
        assert Busy() == await guesser.asks(entry)
        await guesser.attempts.settle(lease, Outcome.WRONG, guesser.at)

    assert [60, 120, 240, 480, 960, 1920, 3600, 3600] == waits


async def test_letter_is_due_once_an_hour(guesser: Guesser) -> None:
    """Whoever goes on guessing brings about one letter an hour; a lifted block forgets that."""
    entry = a_guess(tries=(bounded(limit=1, backs_off=True),))
    mails = []
    for minutes in (0, 10, 30, 61, 122):
        guesser.at = NOON + timedelta(minutes=minutes)
        mails += [one.mails for one in await guesser.fails(entry)]
    await guesser.attempts.lift([(1, "somebody")])
    mails += [one.mails for one in await guesser.fails(entry)]

    assert [True, False, False, True, True, True] == mails


async def test_bound_that_only_tells_refuses_nothing(guesser: Guesser) -> None:
    """In monitoring mode the limit is told, once, and nobody is kept out."""
    settled = await guesser.fails(a_guess(tries=(bounded(only_tells=True),)), times=LIMIT + 2)

    assert [(), (), (SHIELD,), (), ()] == [one.reached for one in settled]


async def test_directories_and_names_and_places_are_apart(guesser: Guesser) -> None:
    """G4: realms never share, nor do accounts, nor addresses."""
    await guesser.fails(a_guess(), times=LIMIT)
    others = (a_guess(connection_key=2), a_guess(subject="other"), a_guess(ELSEWHERE))

    assert [Lease] * 3 == [type(await guesser.asks(entry)) for entry in others]


async def test_cap_over_all_places_admits_those_where_the_user_is_known(
    house: House, guesser: Guesser
) -> None:
    """§7: strangers are refused wherever they are, the user is not; nor is the cap told again."""
    ann = (await house.furnish()).user.key

    await guesser.ends(a_guess(ELSEWHERE, user_key=ann), Outcome.RIGHT)
    guesses = [
        a_guess(f"192.0.2.{n}", user_key=ann, tries=(bounded(f"192.0.2.{n}"), capped(4)))
        for n in range(4)
    ]
    settled = [await guesser.ends(one, Outcome.WRONG) for one in guesses]
    stranger = a_guess("192.0.2.99", user_key=ann, tries=(bounded("192.0.2.99"), capped(4)))
    known = a_guess(ELSEWHERE, user_key=ann, tries=(bounded(ELSEWHERE), capped(4)))

    assert [(), (), (), (SHIELD,)] == [one.reached for one in settled]
    assert MONTH_S == (await guesser.is_refused(stranger)).retry_after_s
    assert [Settled()] == await guesser.fails(known)
    assert {EVERYWHERE: 5} == {
        place: count for place, count in (await guesser.counts()).items() if place == EVERYWHERE
    }


async def test_lease_that_expired_is_a_failure(guesser: Guesser) -> None:
    """G1: a try that nobody settled within half a minute failed, whatever is said of it later."""
    lost = [await guesser.is_let_in(a_guess()) for _ in range(LIMIT)]
    guesser.at += timedelta(seconds=29)
    before = await guesser.asks(a_guess())
    guesser.at += SECOND
    after = await guesser.asks(a_guess())
    settled = [
        await guesser.attempts.settle(one, outcome, guesser.at)
        for one, outcome in zip(lost, (Outcome.RIGHT, Outcome.WRONG, Outcome.VOID), strict=True)
    ]

    assert Busy() == before
    assert isinstance(after, Blocked)
    assert [Settled()] * 3 == settled
    assert {"": LIMIT, HERE: LIMIT} == await guesser.counts()


@pytest.mark.parametrize("outcome", [Outcome.RIGHT, Outcome.WRONG])
async def test_settlement_that_comes_too_late_is_none(guesser: Guesser, outcome: Outcome) -> None:
    """It makes no difference whether the lease was counted before the settlement came or after."""
    lost = await guesser.is_let_in(a_guess())
    guesser.at += timedelta(seconds=30)
    await guesser.attempts.settle(lost, outcome, guesser.at)
    await guesser.attempts.purge(guesser.at)

    assert {"": 1, HERE: 1} == await guesser.counts()


async def test_place_fails_under_so_many_names_and_gets_no_new_one(
    house: House, guesser: Guesser
) -> None:
    """§7, T1: whoever has them; names tried before go on, and so does who logged in from there."""
    ann = (await house.furnish()).user.key
    crowds = (Crowd(shield="crowded-address", most=2, within_ms=600_000),)
    await guesser.ends(a_guess(subject="ann", user_key=ann), Outcome.RIGHT)
    for subject, user_key in (("first", None), ("second", ann)):
        await guesser.fails(a_guess(subject=subject, user_key=user_key, crowds=crowds))
    third = a_guess(subject="third", crowds=crowds)
    refused = await guesser.is_refused(third)
    let_in = [
        a_guess(subject="first", crowds=crowds),
        a_guess(subject="ann", user_key=ann, crowds=crowds),
        replace(third, place=ELSEWHERE),
    ]

    assert Blocked(shield="crowded-address", retry_after_s=600, is_first=True) == refused
    assert [Lease] * 3 == [type(await guesser.asks(entry)) for entry in let_in]
    guesser.at += timedelta(minutes=10)
    assert isinstance(await guesser.asks(third), Lease)
